"""Published models of fire sales, set up from a config file alone, against their own equations."""

from pathlib import Path

import numpy as np
import pytest

from backstop.config.resolve import resolve
from backstop.config.text.load import load_config
from backstop.kernels.state import open_arm
from backstop.kernels.step import close_arm, run_arm
from backstop.market.prepare import prepare
from backstop.market.price_reader import PriceReader
from backstop.runs.seam import SimulatedMarket

BILLIONS = 1e-11
"""In a hundredth of a euro."""
EXAMPLES = Path(__file__).parents[2] / "configs" / "examples"


def simulate(name, *settings):
    """Terms and the closed state of every arm of an example's one path."""
    path = EXAMPLES / f"{name}.toml"
    prepared = prepare(load_config(path, settings), PriceReader(path.parent))
    terms = resolve(prepared.config, prepared.inputs)
    log_return, volatility = (np.ones((terms.n_days, len(terms.names.assets), 1)) for _ in range(2))
    market = SimulatedMarket()
    market.fill(terms.market, market.open(terms.market, 1), 1, 0, 0, terms.n_days, log_return, volatility, 1)
    assert not np.any(volatility)
    states = []
    for arm in terms.arms:
        state = open_arm(arm, 1)
        run_arm(arm, state, log_return, volatility, 0, terms.n_days, 1)
        close_arm(arm, state, 1)
        states.append(state)
    return terms, states


def column(rows):
    """(rows,) the values of the one path."""
    return np.asarray(rows)[:, 0]


class Banks:
    """The balance sheets of Greenwood, Landier and Thesmar: A, M, B, and the market's L."""

    def __init__(self, terms, shock):
        funds, leverage, prices = terms.arms[0].funds, terms.arms[0].leverage, terms.arms[0].prices
        self.count, self.equity, self.debt = funds.count, funds.nav_open, leverage.debt_open
        self.units = funds.units_open
        self.size = self.units.sum(axis=1)
        self.weights = self.units / self.size[:, None]
        self.impact = prices.kappa * prices.impact_volatility / prices.adv
        self.fall = np.array([shock, 0.0, 0.0])

    def sales(self):
        """phi = A B M F, by bank and as amounts sold."""
        return -self.size * (self.debt / self.equity) * (self.weights @ self.fall)


@pytest.mark.parametrize("shock", [-0.05, -0.01])
def test_linear_deleveraging_sells_what_leverage_makes_of_the_loss_and_hits_all_who_hold_it(shock):
    """Greenwood, Landier and Thesmar (2015): the identity, at the weights and values that the shock leaves."""
    terms, (state,) = simulate("greenwood_landier_thesmar", f"scenario.shocks.0.return_frac={shock}")
    banks = Banks(terms, shock)
    values = banks.units * (1.0 + banks.fall)
    weights = values / values.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(column(state.fund_tally.gross_sales), banks.sales(), rtol=1e-9)
    price_falls = banks.impact * (weights.T @ (banks.count * banks.sales()))
    np.testing.assert_allclose(column(state.prices.dislocation), price_falls, rtol=1e-9)
    spilled = values @ np.expm1(-price_falls)
    direct = banks.units @ banks.fall
    np.testing.assert_allclose(column(state.fund_tally.nav_end) - banks.equity, direct + spilled, rtol=1e-9)
    assert spilled[2] < 0.0 == direct[2]


def test_the_closed_form_of_aggregate_vulnerability_holds_for_a_small_shock():
    """AV = 1' A M L M' B A M F / E (their equation for all banks), which leaves out terms of second order in F."""
    errors = []
    for shock in (-0.002, -0.001):
        terms, (state,) = simulate("greenwood_landier_thesmar", f"scenario.shocks.0.return_frac={shock}")
        banks = Banks(terms, shock)
        exposure = (banks.count * banks.size)[:, None] * banks.weights
        closed_form = -(exposure.sum(axis=0) @ (banks.impact * (banks.weights.T @ (banks.count * banks.sales()))))
        lost = column(state.fund_tally.nav_end) - banks.equity - banks.units @ banks.fall
        errors.append(abs(banks.count @ lost / closed_form - 1.0))
    assert errors[0] < 0.01
    assert errors[1] == pytest.approx(0.5 * errors[0], rel=0.02)


DEPTH = "market.assets.securities.trading.impact.c"


class TwoBanks:
    """Cont and Schaanning (2017) as their paper states it, round by round; alpha = 1."""

    def __init__(self, shock, c=0.4):
        self.securities, self.illiquid = np.array([90.0, 70.0]), np.array([10.0 * (1.0 - shock), 20.0])
        self.equity, self.price, self.floor = np.array([4.0 - 10.0 * shock, 4.5]), 1.0, 0.5
        self.depth = (1.0 - self.floor) * c * 50.0 / 0.02 * np.sqrt(20.0)

    def share_sold(self):
        """Gamma."""
        assets = self.securities + self.illiquid
        wanted = (assets - 0.95 * 33.3 * np.maximum(self.equity, 0.0)) / np.maximum(self.securities, 1e-12)
        return np.where(assets > 33.3 * np.maximum(self.equity, 0.0), np.minimum(wanted, 1.0), 0.0)

    def round(self):
        """Sales, the losses they cause, and what is left."""
        share = self.share_sold()
        sales = share * self.securities
        psi = (1.0 - self.floor / self.price) * -np.expm1(-sales.sum() / self.depth)
        loss = self.securities * psi
        self.equity, self.price = self.equity - loss, self.price * (1.0 - psi)
        self.securities = (1.0 - share) * self.securities * (1.0 - psi)
        return sales, loss


def test_the_first_round_of_the_two_banks_is_the_published_one():
    _, (state,) = simulate("cont_schaanning", "market.rounds=1")
    sold, price = column(state.fund_tally.gross_sales) * BILLIONS, float(state.prices.close[0, 0])
    assert sold.tolist() == pytest.approx([34.73, 0.0], abs=1e-6)
    assert sold[0] / 90.0 == pytest.approx(0.39, abs=0.005)
    assert price == pytest.approx(0.99229, abs=5e-6)
    # published as 70 times the rounded impact 0.00771
    assert 4.5 - float(state.fund_tally.nav_end[1, 0]) * BILLIONS == pytest.approx(0.5397, abs=70 * 5e-6)


@pytest.mark.parametrize(("shock", "rounds", "c"), [
    (0.2, 1, 0.4), (0.2, 2, 0.4), (0.2, 5, 0.4), (0.15, 5, 0.4), (0.15, 5, 0.2), (0.3, 3, 0.1)])
def test_threshold_deleveraging_follows_its_equations_round_by_round(shock, rounds, c):
    settings = f"scenario.shocks.0.return_frac={-shock}", f"market.rounds={rounds}", f"{DEPTH}={c / 20}"
    _, (state,) = simulate("cont_schaanning", *settings)
    banks = TwoBanks(shock, c)
    sold = sum(banks.round()[0] for _ in range(rounds))
    np.testing.assert_allclose(column(state.fund_tally.gross_sales) * BILLIONS, sold, atol=1e-9)
    assert float(state.prices.close[0, 0]) == pytest.approx(banks.price, abs=1e-10)
    np.testing.assert_allclose(column(state.fund_tally.nav_end) * BILLIONS, banks.equity, atol=1e-9)


@pytest.mark.parametrize(("shock", "sells"), [(0.1027, False), (0.1029, True)])
def test_nobody_sells_until_the_cap_is_breached(shock, sells):
    """(100 - x) / (4 - x) = 33.3 at a loss of 1.0279."""
    _, (state,) = simulate("cont_schaanning", f"scenario.shocks.0.return_frac={-shock}")
    assert (float(state.fund_tally.gross_sales[0, 0]) > 0.0) == sells
    assert (float(state.prices.close[0, 0]) < 1.0) == sells


def test_in_a_thin_market_the_bank_without_a_loss_has_to_sell_as_well():
    _, (state,) = simulate("cont_schaanning", "scenario.shocks.0.return_frac=-0.3", f"{DEPTH}=0.005")
    assert np.all(column(state.fund_tally.gross_sales) > 0.0)


NEWS, IMPACT, CAP_PRICE = 0.9953, 3e-14, 22.0 / 21.0 * 19.0 / 20.0
ALL_DEBT, SPARK_DEBT = 50 * 19e9, 19 * 0.12e9


def price_after(sales):
    return NEWS * np.exp(-IMPACT * sales)


def forced_at(price, debt=ALL_DEBT):
    """Units to be sold for all debt where leverage is over the cap, at the price before trade."""
    return np.where(price < CAP_PRICE, debt * NEWS / price, 0.0)


def low_price(debt=ALL_DEBT):
    """Where all sell, from below: each step sells less at a higher price."""
    price = price_after(2.0 * debt)
    for _ in range(100):
        price = price_after(forced_at(price, debt))
    return float(price)


def test_forced_sales_and_prices_meet_twice():
    """Cifuentes, Ferrucci and Shin (2005): both intersections of the curves, and no other."""
    sales = np.linspace(-1e6, 2.0 * ALL_DEBT, 100_001)
    crossings = np.diff(np.sign(forced_at(price_after(sales)) - sales))
    falling = sales[1:][crossings < 0]
    assert falling == pytest.approx([0.0, ALL_DEBT * NEWS / low_price()], abs=2e-5 * ALL_DEBT)
    assert np.count_nonzero(crossings > 0) == 1  # the step between them, which nobody rests on


def test_a_small_sale_decides_at_which_of_two_prices_the_funds_come_to_rest():
    terms, (quiet, spark) = simulate("multiple_equilibria")
    assert terms.names.arms == ("none", "spark")
    assert float(quiet.prices.close[0, 0]) == pytest.approx(NEWS, rel=1e-12)
    assert not np.any(quiet.fund_tally.gross_sales)
    fallen = float(spark.prices.close[0, 0])
    # the others sell for all their debt at the close that the spark left, and owe little after that
    after_spark = price_after(SPARK_DEBT)
    assert fallen == pytest.approx(price_after(SPARK_DEBT + ALL_DEBT * NEWS / after_spark), rel=1e-11)
    assert low_price() < fallen < price_after(ALL_DEBT)
    for state in (quiet, spark):
        assets, debt = column(state.funds.holdings), column(state.fund_tally.lender_debt_end)
        assert np.all(assets < 22.0 * (assets - debt))
        assert float(state.path_tally.n_unsettled_days[0, 0]) == 0.0
    assert np.all(column(spark.fund_tally.nav_end) > 0.0)


def test_both_equilibria_are_seen_on_the_quiet_path_itself():
    _, (quiet, spark) = simulate("multiple_equilibria")
    # the small fund sells as well where all do
    gap = np.log(NEWS / low_price(ALL_DEBT + SPARK_DEBT))
    assert float(quiet.path_tally.fixed_point_gap[0, 0]) == pytest.approx(gap, rel=1e-8)
    # once the spark has been struck there is only one
    assert abs(float(spark.path_tally.fixed_point_gap[0, 0])) < 1e-6


def test_without_leverage_at_work_there_is_one_equilibrium():
    _, (quiet, spark) = simulate("multiple_equilibria", "channels.leverage=false")
    assert not np.any(quiet.path_tally.fixed_point_gap)
    assert float(spark.prices.close[0, 0]) == float(quiet.prices.close[0, 0])
