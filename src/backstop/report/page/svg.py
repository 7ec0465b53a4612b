"""From a Vega-Lite specification to an SVG that may stand in a page: shapes and texts alone, its names its own."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

_SVG = "http://www.w3.org/2000/svg"
_SHAPES = frozenset({"svg", "g", "path", "text", "tspan", "rect", "line", "circle", "clipPath", "defs"})
_ATTRIBUTES = frozenset({
    "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "d", "width", "height", "viewBox", "transform", "id",
    "clip-path",
    "fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap",
    "stroke-linejoin", "stroke-miterlimit", "opacity", "text-anchor", "font-size", "font-weight", "font-style", "dx",
    "dy", "display",
})
_REFERENCE = re.compile(r"url\(#([\w-]+)\)")
_SAID = {"role": "img", "preserveAspectRatio": "xMinYMin meet"}

ET.register_namespace("", _SVG)


def draw(specification: Mapping[str, Any], name: str, said: str) -> Markup:
    """The chart as inline SVG.

    Parameters
    ----------
    name
        Begins all identifiers in it: no two drawings of a page may share one.
    said
        What the chart shows, for who does not see it.
    """
    import vl_convert

    root = ET.fromstring(vl_convert.vegalite_to_svg(dict(specification)))
    _keep_shapes(root, name)
    root.attrib.update(_SAID | {"aria-label": said})
    root.attrib.pop("width", None)
    root.attrib.pop("height", None)
    return Markup(ET.tostring(root, encoding="unicode"))


def _keep_shapes(element: ET.Element, name: str) -> None:
    """Take out what is no shape or text, and attributes that are not how it looks."""
    for child in list(element):
        if child.tag.removeprefix(f"{{{_SVG}}}") in _SHAPES and child.get("display") != "none":
            _keep_shapes(child, name)
        else:
            element.remove(child)
    kept = {key: value for key, value in element.attrib.items() if key in _ATTRIBUTES}
    if "id" in kept:
        kept["id"] = f"{name}-{kept['id']}"
    if "clip-path" in kept:
        kept["clip-path"] = _REFERENCE.sub(rf"url(#{name}-\1)", kept["clip-path"])
    element.attrib.clear()
    element.attrib.update(kept)
    if element.tag == f"{{{_SVG}}}svg":
        element.set("width", kept.get("width", "0"))
