// Charts answer the pointer where scripts run; where they do not, or fail, the drawings that are there stay.
"use strict";
(function () {
  const options = {ast: true, actions: false, defaultStyle: false, renderer: "svg", loader: {load: () => Promise.reject(new Error("nothing is loaded"))}};
  function enliven(place) {
    const still = place.querySelector("svg");
    const drawn = document.createElement("div");
    const told = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    const specification = JSON.parse(JSON.stringify(told[place.className]), (key, value) =>
      value && value.shared !== undefined ? {values: told.data[value.shared]} : value);
    vegaEmbed(drawn, specification, options).then(function () {
      const alive = drawn.querySelector("svg");
      for (const name of ["role", "aria-label", "preserveAspectRatio"]) alive.setAttribute(name, still.getAttribute(name));
      // what the drawing shows is said by its label and in the table below
      for (const part of alive.children) part.setAttribute("aria-hidden", "true");
      alive.removeAttribute("width");
      alive.removeAttribute("height");
      place.replaceChildren(drawn);
      place.dataset.state = "alive";
    }).catch(function () { place.dataset.state = "still"; });
  }
  // of the two drawings of a chart one is shown; the other may be once the window is turned
  function enlivenShown() {
    for (const place of document.querySelectorAll("[data-chart]:not([data-state])"))
      if (place.offsetParent) { place.dataset.state = "begun"; enliven(place); }
  }
  enlivenShown();
  addEventListener("resize", enlivenShown);
})();
