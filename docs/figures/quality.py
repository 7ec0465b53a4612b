"""How the verdict on a trigger hangs on what is called material: docs/quality.md."""

from backstop.report.amounts import percent
from docs.figures.pages import table
from docs.figures.workshop import Workshop

MATERIAL = (0.001, 0.002, 0.003, 0.005)


def material(shop: Workshop) -> str:
    """Four sizes of a material sale on the replayed crash."""
    rows = []
    for share in MATERIAL:
        run = shop.run("--paths 1000 --set scenario.preset=crash-2015 "
                       f"--set judging.material_sale_per_day_frac={share}")
        rows.append((percent(share), f"{run.value('n_episodes', 'mean'):.2g}",
                     percent(1.0 - run.value("missed_episodes", "ratio")),
                     run.found("false_activations", "ratio").value,
                     run.found("injected_to_unharmed_share", "ratio").value))
    return table(("material sales a day", "episodes a path", "hit rate", "false activations",
                  "cash to funds that would have been fine"), rows)
