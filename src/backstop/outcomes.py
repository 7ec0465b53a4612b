"""The registry: every output column once.

A name here is a row of the kernels' tallies, a column of the parquet files with unit and meaning in its metadata, and a
line of the documentation. No other module names an output column.
"""

from collections import namedtuple
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias


class Outcome(NamedTuple):
    """One output column."""

    name: str
    unit: str
    """``currency``, ``days``, ``full days`` (some count in part), ``count``, ``frac``, ``day`` (a date within the run),
    ``bool``."""
    meaning: str
    axis: str = ""
    """``layer`` or ``asset`` where the column repeats as ``<name>_<item>``."""
    worst: str = "high"
    """``high`` or ``low``: the end of the distribution whose tail a summary shows."""


PATH_OUTCOMES = (
    Outcome("pool_peak_use", "currency",
            "highest cumulative cash out less cash in, after a day's approvals, before its repayments"),
    Outcome("pool_min_available", "currency",
            "lowest pool money free of commitments, after a day's approvals", worst="low"),
    Outcome("first_dry_day", "day",
            "first day on which a valid claim was cut for want of pool money; null if never", worst="low"),
    Outcome("n_injections", "count", "fund-days with a positive injection"),
    Outcome("injected", "currency", "cash that reached funds"),
    Outcome("repaid", "currency", "principal repaid in cash by funds"),
    Outcome("interest_paid", "currency", "interest and fees paid in cash by funds"),
    Outcome("purchased", "currency", "paid by facilities for assets, of funds and in the market"),
    Outcome("resale_gain", "currency", "what sales of bought and seized assets brought over cost, losses deducted",
            worst="low"),
    Outcome("gain_returned", "currency", "the part of such gains that went to the funds that had sold"),
    Outcome("stock_cost_end", "currency", "cost of bought and seized assets still held at the horizon"),
    Outcome("compensation_paid", "currency", "granted to funds for realised losses"),
    Outcome("compensation_clawed_back", "currency", "taken back because such losses were recovered", worst="low"),
    Outcome("compensation_net", "currency", "compensation paid less what was clawed back"),
    Outcome("bank_lent", "currency", "lent to funds by banks under guarantees"),
    Outcome("guarantee_premium", "currency", "premiums that funds paid the pool for guarantees"),
    Outcome("guarantee_paid", "currency", "paid to banks for principal they did not recover"),
    Outcome("guaranteed_end", "currency", "set aside for guarantees at the horizon"),
    Outcome("loss", "currency",
            "principal and cost of assets that the pool did not recover, guarantees that it paid included"),
    Outcome("loss", "currency",
            "loss borne by this layer at the end, after income restored it, with what its owner put back",
            axis="layer"),
    Outcome("called", "currency", "paid in by this layer or called from it, the opening included", axis="layer"),
    Outcome("refilled", "currency", "what the owner of this layer put back", axis="layer"),
    Outcome("funding_cost", "currency",
            "what the money of this layer cost its owner, of all that is paid in or called; 0 without a facility",
            axis="layer"),
    Outcome("loss_taxpayer", "currency", "loss beyond the whole capital stack, which the guarantor of debt bears"),
    Outcome("borrowed_peak", "currency", "most that the pool owed under guarantee at the end of a claims' round"),
    Outcome("borrowing_cost", "currency", "interest on what the pool borrowed"),
    Outcome("premiums", "currency", "premiums paid by funds"),
    Outcome("idle_yield", "currency", "what the pool's idle cash earned"),
    Outcome("profit_shared", "currency", "surplus paid out to owners or funds"),
    Outcome("surplus_end", "currency", "income the pool kept after restoring its layers"),
    Outcome("outstanding_end", "currency", "principal still lent at the horizon"),
    Outcome("marked_loss_end", "currency",
            "what a sale at closing prices would leave unrecovered of loans and seized assets at the horizon"),
    Outcome("unrecovered_end", "currency",
            "the part of it that is of loans and guarantees"),
    Outcome("unmet_claims", "currency",
            "valid claims cut for want of pool money, a claim presented again counted once"),
    Outcome("misdirected_claims", "currency",
            "claims refused because the fund failed the solvency test, a claim presented again counted once"),
    Outcome("need", "currency",
            "what funds that might claim needed, each day anew: approved claims and the cuts below add up to it"),
    Outcome("cut_coverage", "currency", "of need, beyond the covered part of losses, or what a fund may sell of need"),
    Outcome("cut_collateral", "currency", "of what is left, beyond the collateral, or what may be bought of a fund"),
    Outcome("cut_fund_cap", "currency", "of what is left, beyond the cap of the fund"),
    Outcome("cut_covenant", "currency", "of what is left, of funds over their exposure cap"),
    Outcome("cut_take_up", "currency", "of what is left, not taken up"),
    Outcome("cut_solvency", "currency", "of what is left, refused by the solvency test"),
    Outcome("cut_sponsor", "currency", "of what is left, beyond the caps of sponsors"),
    Outcome("cut_facility", "currency", "of what is left, beyond the caps and budgets of facilities"),
    Outcome("cut_pool", "currency", "of what is left, for want of pool money"),
    Outcome("injected_to_failed", "currency", "cash that reached funds which had failed by the horizon"),
    Outcome("days_active", "days", "days on which any system key was on"),
    Outcome("first_active_day", "day", "first day on which any system key was on; null if never", worst="low"),
    Outcome("n_activations", "count", "times the system turned on: a day with a system key on after one without"),
    Outcome("n_false_activations", "count", "activations that no distress in arm none followed within the horizon"),
    Outcome("n_episodes", "count",
            "runs of days with distress in arm none today or within the horizon ahead"),
    Outcome("n_missed_episodes", "count", "episodes in which no system key was ever on"),
    Outcome("quiet_days", "days", "days outside of episodes"),
    Outcome("false_days", "days", "quiet days on which a system key was on"),
    Outcome("first_breach_day", "day",
            "day of the breach that led to the first activation; null if none", worst="high"),
    Outcome("first_cash_day", "day", "first day on which cash reached a fund; null if never", worst="high"),
    Outcome("trough_day", "day",
            "day of the index's deepest fall from its high, up to the horizon of judging after the first activation; "
            "null if it never fell"),
    Outcome("n_windows", "count",
            "windows of stress: runs of days with a fall of arm none's index from its high today or shortly before"),
    Outcome("days_in_windows", "days", "days in windows of stress"),
    Outcome("first_window_day", "day", "first day of the first window of stress; null if none"),
    Outcome("last_window_day", "day", "last day of the last window of stress; null if none"),
    Outcome("is_window_cut", "bool", "the horizon cuts the last window of stress"),
    Outcome("worst_dislocation", "frac",
            "largest log distance of a price below its no-sales path, over assets and days"),
    Outcome("worst_dislocation", "frac", "largest log distance of this price below its no-sales path", axis="asset"),
    Outcome("limit_down_days", "days", "days on which nothing of this asset could be sold: it stood at its daily limit",
            axis="asset"),
    Outcome("days_suspended", "days", "days on which this asset did not trade", axis="asset"),
    Outcome("system_losses", "currency",
            "what sales cost all funds: impact on what they sold, dislocation of what they hold at the horizon"),
    Outcome("technology_kept", "frac",
            "units of technology assets that all funds hold at the horizon, over those at the opening; null for none",
            worst="low"),
    Outcome("gross_sales", "currency", "sales of all funds, at pre-trade prices: the sum of those by cause"),
    Outcome("forced_sales", "currency",
            "gross sales of all funds but for ordinary redemptions and gains: what stress forced"),
    Outcome("sales_ordinary", "currency", "gross sales of all funds for redemptions at the base rate, net of inflow"),
    Outcome("sales_gains", "currency", "gross sales of all funds for redemptions of investors who took gains"),
    Outcome("sales_stressed", "currency", "gross sales of all funds for redemptions that losses caused"),
    Outcome("sales_pressure", "currency", "gross sales of all funds that evaluation pressure caused"),
    Outcome("sales_solvency", "currency", "gross sales of insurers for their solvency, beyond what pressure asked"),
    Outcome("sales_lenders", "currency", "gross sales of all funds for what outside lenders asked back"),
    Outcome("sales_facilities", "currency",
            "gross sales of all funds for instalments, margin, maturities and exposure caps of facilities"),
    Outcome("fire_sale_cost", "currency",
            "what sales of all funds brought less than at prices of the day had nobody ever sold, less what purchases "
            "saved"),
    Outcome("technology_kept_window_end", "frac",
            "technology kept at the end of the last window of stress, or at the horizon that cuts it; null for none",
            worst="low"),
    Outcome("technology_kept_after_window", "frac",
            "technology kept some time after that end; null for none, or beyond the horizon", worst="low"),
    Outcome("forced_sales_in_window", "currency",
            "forced sales of all funds in windows of stress; null without one"),
    Outcome("forced_sales_in_window_eligible", "currency",
            "those of funds that some facility of the config admits: the most that any of them could avert; null "
            "without a window"),
    Outcome("fire_sale_cost_in_window", "currency", "fire-sale cost of all funds in windows of stress; null without "
            "one"),
    Outcome("bottom_cost", "currency",
            "what sales of all funds in windows of stress brought less than a stated part of the mean price before; "
            "null without a window, or without arms to compare"),
    Outcome("bottom_regret", "currency",
            "what sales in windows of stress would have brought some time after, beyond what they did; negative: "
            "prices fell on; null without a window or arms to compare, or beyond the horizon"),
    Outcome("sales_postponed", "currency", "sales that repaying outstanding debt would still take at the horizon"),
    Outcome("gain_investors", "currency",
            "of investors of all funds: net asset value at the horizon less that at the opening, with what was "
            "redeemed, less what was subscribed", worst="low"),
    Outcome("gain_lenders", "currency",
            "of outside lenders of funds and of the pool: interest, at face value", worst="low"),
    Outcome("gain_banks", "currency",
            "of banks under guarantees: what they are owed, got back and seized, at closing prices, less what they "
            "lent", worst="low"),
    Outcome("gain_pool", "currency",
            "of this layer: less its loss, once what the pool is owed and holds is valued at the close", axis="layer",
            worst="low"),
    Outcome("gain_owners", "currency", "of the pool's owners beyond their layers: surplus, and profit paid out to them",
            worst="low"),
    Outcome("gain_taxpayer", "currency", "of the guarantor: less what no layer bears", worst="low"),
    Outcome("gain_market", "currency",
            "of all who traded with funds and pool: what they bought, at closing prices, less what they paid, and less "
            "interest on cash", worst="low"),
    Outcome("sold_by_others", "currency", "sales by sellers outside the funds, at pre-trade prices"),
    Outcome("bought_by_others", "currency", "purchases by buyers outside the funds, at pre-trade prices"),
    Outcome("n_unsettled_days", "days", "days whose last round of sales still forced others"),
    Outcome("fixed_point_gap", "frac", "largest log distance between the closes of least and of most forced sales that "
            "a day allows; 0 where they are not looked for"),
    Outcome("market_end", "frac", "last closing price over the opening", axis="asset", worst="low"),
    Outcome("market_trough", "frac", "lowest closing price over the opening", axis="asset", worst="low"),
    Outcome("money_created", "currency", "largest daily imbalance of any account; anything but 0 is a bug"),
)
"""One row per (path, arm); every amount counts each cohort `count` times."""

MARKET_OUTCOMES = (
    Outcome("log_return", "frac", "log return of the day, before any sale moves the price"),
    Outcome("volatility", "frac", "standard deviation of the day's log return, given the days before"),
)
"""One row per (path, day, asset): the seam, as it is written for other tools and read back."""

FUND_OUTCOMES = (
    Outcome("nav_end", "currency", "net asset value at the last close", worst="low"),
    Outcome("nav_per_share_end", "frac", "net asset value per share at the last close, 1 at the opening", worst="low"),
    Outcome("max_drawdown", "frac", "largest fall of NAV per share from its running maximum"),
    Outcome("days_under_pressure", "full days", "days under pressure, each as much as it presses"),
    Outcome("score_min", "frac", "lowest evaluation score; null if there never was one", worst="low"),
    Outcome("redemption_requested", "currency", "redemptions asked for, at the NAV of the request"),
    Outcome("redemption_paid", "currency", "redemptions paid"),
    Outcome("redemption_unpaid", "currency", "redemptions due and unpaid at the horizon"),
    Outcome("gross_sales", "currency", "sales at pre-trade prices: the sum of those by cause"),
    Outcome("forced_sales", "currency", "gross sales but for ordinary redemptions and gains: what stress forced"),
    Outcome("slippage", "currency", "what impact took from sales: value at prices before trade less proceeds"),
    Outcome("fire_sale_cost", "currency",
            "what sales brought less than at prices of the day had nobody ever sold, less what purchases saved"),
    Outcome("sales_ordinary", "currency", "gross sales for redemptions at the base rate, net of inflow"),
    Outcome("sales_gains", "currency", "gross sales for redemptions of investors who took gains"),
    Outcome("sales_stressed", "currency", "gross sales for redemptions that losses caused"),
    Outcome("sales_pressure", "currency", "gross sales that evaluation pressure caused"),
    Outcome("sales_solvency", "currency", "gross sales of an insurer for its solvency, beyond what pressure asked"),
    Outcome("sales_lenders", "currency", "gross sales for what outside lenders asked back"),
    Outcome("sales_facilities", "currency",
            "gross sales for instalments, margin, maturities and exposure caps of facilities"),
    Outcome("deleveraged", "currency", "debt repaid to outside lenders"),
    Outcome("days_recalled", "days",
            "days on which a leverage rule or a margin call asked for debt to be repaid to outside lenders"),
    Outcome("lender_debt_end", "currency", "owed to outside lenders at the horizon, interest included"),
    Outcome("injected", "currency", "cash received from facilities"),
    Outcome("sold_to_facilities", "currency", "the part of it that bought assets of the fund"),
    Outcome("gain_returned", "currency", "received of what facilities earned on assets they had bought"),
    Outcome("injected_to_leavers", "currency",
            "part of the cash received that went straight to investors who left: due to them, beyond own free cash"),
    Outcome("injected_below_floor", "currency",
            "part of the cash received with NAV per share below the floor that the fund fails at"),
    Outcome("repaid", "currency", "principal repaid in cash"),
    Outcome("interest_paid", "currency", "interest and fees paid in cash"),
    Outcome("compensation_paid", "currency", "received for realised losses: a grant, no liquidity"),
    Outcome("compensation_clawed_back", "currency", "given back because such losses were recovered"),
    Outcome("compensation_net", "currency", "compensation received less what was given back", worst="low"),
    Outcome("bank_lent", "currency", "received from banks under guarantees"),
    Outcome("bank_repaid", "currency", "interest and principal repaid in cash to such banks"),
    Outcome("bank_debt_end", "currency", "owed to such banks at the horizon, interest included"),
    Outcome("guarantee_premium", "currency", "premiums paid to the pool for guarantees"),
    Outcome("premium_paid", "currency", "premiums paid to the pool"),
    Outcome("drawn_peak", "currency", "largest principal outstanding"),
    Outcome("drawn_end", "currency", "principal outstanding at the horizon"),
    Outcome("sales_postponed", "currency", "sales that repaying outstanding debt would still take at the horizon"),
    Outcome("coverage_min", "frac",
            "redemption coverage: least own cash above the buffer over what is owed on a day; null if nothing ever was",
            worst="low"),
    Outcome("shortfall_days", "days", "days on which payments that were late stayed unpaid"),
    Outcome("distress_days", "days", "days of material forced sales, or on which late payments stayed unpaid"),
    Outcome("shortfall_peak", "currency", "most that was late and stayed unpaid on one day"),
    Outcome("technology_kept", "frac",
            "units of technology assets at the horizon over those at the opening; null for a fund without any",
            worst="low"),
    Outcome("technology_kept_window_end", "frac",
            "technology kept at the end of the last window of stress, or at the horizon that cuts it; null for none",
            worst="low"),
    Outcome("technology_kept_after_window", "frac",
            "technology kept some time after that end; null for none, or beyond the horizon", worst="low"),
    Outcome("bottom_cost", "currency",
            "what sales in windows of stress brought less than a stated part of the mean price before; null without "
            "one, or without arms to compare"),
    Outcome("bottom_regret", "currency",
            "what those sales would have brought some time after, beyond what they did; negative: prices fell on; null "
            "without a window or arms to compare, or beyond the horizon"),
    Outcome("shares_end", "currency", "shares outstanding at the horizon, at the opening NAV per share of 1",
            worst="low"),
    Outcome("gain_investors", "currency",
            "of its investors: net asset value at the horizon less that at the opening, with what was redeemed, less "
            "what was subscribed", worst="low"),
    Outcome("gain_lenders", "currency", "of its outside lenders: interest, at face value", worst="low"),
    Outcome("forced_sales_in_window", "currency", "forced sales in windows of stress; null without one"),
    Outcome("fire_sale_cost_in_window", "currency", "fire-sale cost in windows of stress; null without one"),
    Outcome("pressure_days_in_window", "full days", "days under pressure in windows of stress; null without one"),
    Outcome("managers_replaced", "count", "managers replaced for a score below the floor of their mandate"),
    Outcome("score_cover_peak", "frac",
            "largest part of a facility's cover that counted in the score alone, in NAV per share at the opening"),
    Outcome("subscribed", "currency", "new money from investors", worst="low"),
    Outcome("bought", "currency", "new money spent on purchases", worst="low"),
    Outcome("days_swung", "days", "days on which those who left were paid less than NAV"),
    Outcome("days_gated", "days", "days on which a gate held back redemptions that were due"),
    Outcome("defaulted", "bool", "a facility seized collateral"),
    Outcome("failed", "bool", "NAV per share fell below the floor, or redemptions stayed unpaid for too long"),
)
"""One row per (path, arm, fund), per fund of a cohort."""

NULL_WITHOUT_WINDOW = frozenset({
    "technology_kept_window_end", "technology_kept_after_window", "forced_sales_in_window",
    "forced_sales_in_window_eligible", "fire_sale_cost_in_window", "pressure_days_in_window", "bottom_cost",
    "bottom_regret",
})
"""Columns, of paths or funds, that a path without a window of stress has none of."""

if TYPE_CHECKING:
    # their fields are made at run time, which no type checker can follow
    PathTally: TypeAlias = Any
    FundTally: TypeAlias = Any
else:
    PathTally = namedtuple(
        "PathTally", [o.name if not o.axis else f"{o.name}_by_{o.axis}" for o in PATH_OUTCOMES]
    )
    """Rows the kernels fill: (1, L) each, (Y, L) and (J, L) for columns that repeat."""

    FundTally = namedtuple("FundTally", [o.name for o in FUND_OUTCOMES])
    """Rows the kernels fill, (F, L) each."""


class DailyMetric(NamedTuple):
    """One daily band: values are clipped to [lowest, highest] and counted in `N_BINS` equal bins."""

    name: str
    unit: str
    meaning: str
    lowest: float
    highest: float


N_BINS = 512
DAILY_METRICS = (
    DailyMetric("index_price", "frac", "closing price of the index over its opening", 0.0, 4.0),
    DailyMetric("index_dislocation", "frac",
                "log distance of the index below its no-sales path at the close", 0.0, 0.5),
    DailyMetric("utilisation", "frac", "principal outstanding over the pool's size", 0.0, 1.0),
    DailyMetric("forced_sales", "frac", "cumulative forced sales over all funds' opening NAV", 0.0, 1.0),
    DailyMetric("under_pressure", "frac", "evaluation pressure, mean over funds' opening NAV", 0.0, 1.0),
)


def path_columns(layers: list[str], assets: list[str]) -> list[tuple[str, Outcome]]:
    """Names of the path columns in file order, columns that repeat spelt out; each with its outcome."""
    items = {"layer": layers, "asset": assets}
    return [
        (f"{o.name}_{item}" if item else o.name, o)
        for o in PATH_OUTCOMES
        for item in (items[o.axis] if o.axis else [""])
    ]
