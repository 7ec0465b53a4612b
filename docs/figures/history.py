"""What real designs would have done: docs/history.md."""

from backstop.report.amounts import percent, shown
from docs.figures.pages import table
from docs.figures.screens import screen
from docs.figures.workshop import Workshop

DESIGNS = ("boe-cnrf-2025", "boe-gilts-2022", "china-proposed", "china-securities-finance-2015", "fed-mmlf-2020",
           "fed-pdcf-2020", "fed-smccf-2020", "india-cdmdf-2023", "korea-funds-2020", "pboc-sfisf-2024")
KEYS = {"crash": "", "slow-bear": " --set facilities.compensation-fund.system_key.preset=slow-bear"}
CRISES = ("2007-11", "2015-06")


def own(shop: Workshop) -> str:
    """The config's own facility, all of the screen."""
    return screen(shop, "backstop history configs/ashare.toml --paths 1000", 120)


def designs(shop: Workshop) -> str:
    """Real facilities beside it."""
    options = " ".join(f"--designs {name}" for name in DESIGNS)
    told = shop.told(f"backstop history configs/ashare.toml --paths 256 {options}")
    heads = ("design", "fires in", "first on", "paid, largest two episodes", "averted there, of eligible funds",
             "burn paid", "model's")
    return table(heads, [_row(told, burn) for burn in told["burn"]])


def _row(told: dict, burn: dict) -> tuple[str, ...]:
    own = [row for row in told["rows"] if row["design"] == burn["design"]]
    fired = [row for row in own if row["decision"]]
    large = [row for row in own if row["episode"] in CRISES]
    return (burn["design"], f"{burn['n_fired']} of {burn['n_episodes']}",
            ", ".join(row["decision"]["date"] for row in fired[:4]) + (", ..." if len(fired) > 4 else ""),
            ", ".join(shown(row["figures"]["paid"]["value"], "currency") for row in large),
            ", ".join(_averted(row["figures"]) for row in large),
            shown(burn["paid"], "currency"), shown(burn["expected"]["paid"]["value"], "currency"))


def _averted(figures: dict) -> str:
    whole = figures["sales_without"]["value"]
    return percent(figures["sales_averted"]["value"] / whole) if whole else "-"


def keys(shop: Workshop) -> str:
    """The example's system key beside the one for slow falls."""
    told = {name: shop.told(f"backstop history configs/ashare.toml --paths 100{options}")["rows"]
            for name, options in KEYS.items()}
    heads = [head for name in KEYS for head in (f"`{name}`: cash", "paid", "averted", "postponed")]
    rows = [(one["episode"], percent(one["index_loss"]), *_key(one), *_key(other))
            for one, other in zip(*told.values(), strict=True)]
    return table(("episode", "fall", *heads), rows)


def _key(row: dict) -> tuple[str, ...]:
    money = (shown(row["figures"][name]["value"], "currency") for name in ("paid", "sales_averted", "sales_postponed"))
    return (row["cash"]["date"] if row["cash"] else "never", *money)
