"""How large, which terms, which assumptions, what breaks it: the pages of answers, each its screen."""

from docs.figures.screens import screen
from docs.figures.workshop import Workshop

FUND = "facilities.compensation-fund"
LEVERS = ("--vary pool.layers.central.size=1e9:90e9 "
          + "".join(f"--vary {FUND}.{key}={values} " for key, values in {
              "advance.coverage_frac": "0.2:0.9", "advance.deductible_frac": "0.0:0.15",
              "advance.fund_cap_frac": "0.02:0.5", "advance.cash_lag_days": "0,1,3", "advance.tenor_days": "250,500",
              "covenants.no_forced_sales": "true,false"}.items()))
BEST = ("backstop optimise configs/ashare.toml --models egarch,garch,gjr,tarch,fhs --paths 5120 "
        f"{LEVERS} --keep 'dry<0.01' -o runs/best")
KEPT = ("backstop sweep configs/ashare.toml --set scenario.preset=crash-2015 --paths 500 "
        + "".join(f"--vary {key}={values} " for key, values in {
            f"{FUND}.advance.deductible_frac": "0.0,0.1", f"{FUND}.advance.coverage_frac": "0.5,1.0",
            f"{FUND}.advance.fund_cap_frac": "0.05,0.2,0.5", f"{FUND}.advance.tenor_days": "250,500",
            f"{FUND}.covenants.no_forced_sales": "true,false"}.items())
        + "--objective technology_saved_window_end=max --objective cost_a_year=min -o runs/kept")
YEARS = ("backstop size configs/ashare.toml --years 20 --paths 256 --set pool.idle_yield_ann_frac=0.015 "
         "--set 'pool.premium={rate_ann_frac=0.0002,every_days=63}'")


def size(shop: Workshop) -> str:
    """The size of the example's pool."""
    return screen(shop, "backstop size configs/ashare.toml --paths 10000", 120)


def years(shop: Workshop) -> str:
    """Over twenty years."""
    return screen(shop, YEARS, 120)


def best(shop: Workshop) -> str:
    """Terms that keep most technology per yuan of cost."""
    return screen(shop, BEST, 180)


def kept(shop: Workshop) -> str:
    """Terms that keep technology in a crash."""
    return screen(shop, KEPT, 160)


def sensitivity(shop: Workshop) -> str:
    """Assumptions, ranked."""
    return screen(shop, "backstop sensitivity configs/ashare.toml --paths 400", 120)


def reverse(shop: Workshop) -> str:
    """What breaks the example."""
    return screen(shop, "backstop reverse configs/ashare.toml --paths 1000", 120)


def hazard(shop: Workshop) -> str:
    """Moral hazard and gaming."""
    return screen(shop, "backstop hazard configs/ashare.toml --paths 1000", 120)
