"""What funds, their lenders, investors and managers carry from day to day."""

from typing import Annotated, NamedTuple

import numpy as np

from backstop.kernels.axes import lengths_of
from backstop.kernels.declare import State
from backstop.terms import NEVER, NEVER_REPLACED, NO_GATE, NO_TARGET, ArmTerms, Floats
from backstop.terms.declare import declared


def responds(arm: ArmTerms) -> bool:
    """Some manager changes risk under pressure."""
    return bool(np.any(arm.evaluation.cut))


def rebuys(arm: ArmTerms) -> bool:
    """Some manager may buy, for its own response."""
    return responds(arm) and bool(np.any(arm.evaluation.rebuys) and np.any(arm.prices.buy_ratio))


def buys(arm: ArmTerms) -> bool:
    """Some fund may buy."""
    return bool(np.any(arm.funds.invest_frac)) or rebuys(arm)


def settles_late(arm: ArmTerms) -> bool:
    """Some sale settles later than at once."""
    return bool(np.any(arm.prices.settlement_days))


def has_exit_limits(arm: ArmTerms) -> bool:
    """Some fund has a gate or swings its price, or some facility limits payouts."""
    has_rule = (arm.investors.gate_frac < NO_GATE) | (arm.investors.swing_threshold < NO_GATE)
    return bool(has_rule.any() or np.any(arm.covenants.payout_frac < NO_GATE))


def has_debt(arm: ArmTerms) -> bool:
    """Some fund has outside lenders."""
    return bool(np.any(arm.leverage.debt_open))


def has_index(arm: ArmTerms) -> bool:
    """Some score is net of the index."""
    return bool(np.any((arm.evaluation.benchmark_frac > 0.0)[:, None] & (arm.evaluation.rung_comparison < 0)))


def has_peers(arm: ArmTerms) -> bool:
    """Some score is net of that of peers."""
    return bool(len(arm.evaluation.comparison_samples))


def judges_by_year(arm: ArmTerms) -> bool:
    """Some rung looks back to the end of last year."""
    return bool(np.any(arm.evaluation.is_year_to_date))


def has_index_by_year(arm: ArmTerms) -> bool:
    """Some such rung may be net of the index."""
    return judges_by_year(arm) and has_index(arm)


def replaces_managers(arm: ArmTerms) -> bool:
    """Some mandate replaces its manager for a score."""
    return bool(np.any(arm.evaluation.replace_below > NEVER_REPLACED))


def disperses_replaced(arm: ArmTerms) -> bool:
    """Scores of a cohort differ whose manager may be replaced."""
    return bool(np.any((arm.evaluation.dispersion > 0.0) & (arm.evaluation.replace_below > NEVER_REPLACED)))


def scores_by_rung(arm: ArmTerms) -> bool:
    """Rungs of some score are worked out one by one."""
    return has_index(arm) or has_peers(arm) or judges_by_year(arm) or replaces_managers(arm)


def has_insurers(arm: ArmTerms) -> bool:
    """Some fund keeps a solvency ratio."""
    return bool(np.any(arm.solvency.target != NO_TARGET))


def factor_at_opening(arm: ArmTerms) -> Floats:
    """(F, J) by the age of what is held."""
    terms = arm.solvency
    return np.where(terms.age_open >= terms.held_days, terms.held_factor, terms.factor)


def has_score_relief(arm: ArmTerms) -> bool:
    """What some facility lends counts in scores."""
    return bool(np.any(arm.facilities.score_relief_frac))


def limits_bonuses(arm: ArmTerms) -> bool:
    """Some facility suspends a part of managers' pay."""
    return bool(np.any(arm.covenants.bonus_frac))


def asked_a_day(arm: ArmTerms) -> Floats:
    """(F, C) shares that asking at the base rate for ever leaves in each day of the notice."""
    return arm.investors.queue_open * arm.investors.share_frac * arm.funds.nav_open[:, None]


def queue_of_the_past(arm: ArmTerms) -> Floats:
    """(F, C, N) what is under notice at the opening: day d falls due in slot d mod N."""
    days = np.arange(lengths_of(arm)["notice"])
    is_asked = (days > 0) & (days <= arm.investors.notice_days[..., None])
    return asked_a_day(arm)[..., None] * is_asked


def newest_first_slot(history: Floats) -> Floats:
    """(F, H) values, oldest first, as rings: the close of day s stands in slot s mod H, and history ends with day 0."""
    return np.roll(history, 1, axis=1)


@declared
class Funds(NamedTuple):
    """Of each fund."""

    units: Annotated[Floats, State("units", "held", "fund asset", opening=lambda arm: arm.funds.units_open)]
    to_sell: Annotated[Floats, State("units", "n, to sell today", "fund asset")]
    to_buy: Annotated[Floats, State("units", "m, to buy today", "fund asset", buys)]
    spare: Annotated[Floats, State("quanta", "what may be spent on purchases", when=buys)]
    bought_units: Annotated[Floats, State("units", "of one asset, bought by one fund", "", buys, is_traced=False)]
    sale_cost: Annotated[Floats, State("quanta", "what impact took from today's sales")]
    cash: Annotated[Floats, State("quanta", "cash", opening=lambda arm: arm.funds.cash_open)]
    other_cash_in: Annotated[
        Floats, State("quanta", "interest on cash and new money so far, less purchases and what has not settled")]
    receivable: Annotated[Floats, State("quanta", "proceeds on their way", when=settles_late)]
    settling: Annotated[
        Floats, State("quanta", "of them, by day of arrival: a ring", "fund settlement", settles_late)]
    ahead: Annotated[Floats, State("quanta", "what falls due before a sale of today has settled", when=settles_late)]
    shares: Annotated[Floats, State("shares of a fund", "outstanding", opening=lambda arm: arm.funds.nav_open)]
    inflow: Annotated[Floats, State("quanta", "new money of the day")]
    netted: Annotated[Floats, State("quanta", "what of it pays ordinary dues")]
    holdings: Annotated[Floats, State("quanta", "value of assets")]
    risky: Annotated[Floats, State("quanta", "value of risky assets")]
    net_debt: Annotated[
        Floats, State("quanta", "owed to outside lenders, facilities and banks, less what is receivable",
                      opening=lambda arm: arm.leverage.debt_open)]
    drawn: Annotated[Floats, State("quanta", "principal outstanding, from the pool")]
    pending: Annotated[Floats, State("quanta", "approved by facilities, not yet arrived")]
    nav: Annotated[Floats, State("quanta", "net asset value", opening=lambda arm: arm.funds.nav_open)]
    navps: Annotated[Floats, State("NAV per share", "NAV per share", opening=1.0)]
    peak: Annotated[Floats, State("NAV per share", "its running maximum", opening=1.0)]
    drawdown: Annotated[Floats, State("share of peak", "1 - navps / peak")]
    buffer: Annotated[Floats, State("quanta", "cash that is kept")]
    due: Annotated[Floats, State("quanta", "to be paid to investors today")]
    ripe: Annotated[Floats, State("quanta", "what investors may have today before gates", when=has_exit_limits)]
    exit_price: Annotated[
        Floats, State("NAV per share", "what a share is paid to those who leave today", when=has_exit_limits)]
    late: Annotated[Floats, State("quanta", "the part of what is due that was due yesterday")]
    requested_shares: Annotated[Floats, State("shares of a fund", "asked back today")]
    stay: Annotated[Floats, State("share of requests", "that an announcement holds back")]
    called: Annotated[Floats, State("quanta", "debt to facilities that must be paid today")]
    owed: Annotated[Floats, State("quanta", "to be paid today to investors, facilities and outside lenders")]
    injection: Annotated[Floats, State("quanta", "received from facilities today, less fees")]
    derisk_share: Annotated[Floats, State("share of risky holdings", "to sell for evaluation pressure")]
    raise_share: Annotated[Floats, State("share of holdings", "to sell for payments")]
    left: Annotated[Floats, State("quanta", "what a waterfall still has to raise")]
    paid: Annotated[Floats, State("quanta", "paid to investors today")]
    unpaid_days: Annotated[Floats, State("trading days", "in a row on which something due was not paid")]
    nav_history: Annotated[
        Floats, State("NAV per share", "closing values: a ring", "fund nav", is_traced=False,
                      opening=lambda arm: newest_first_slot(arm.funds.nav_history))]


@declared
class Lenders(NamedTuple):
    """Outside lenders of each fund."""

    debt: Annotated[Floats, State("quanta", "owed to them", opening=lambda arm: arm.leverage.debt_open)]
    interest: Annotated[Floats, State("quanta", "added to the debt so far")]
    lendable: Annotated[Floats, State("quanta", "what they lend against today's holdings")]
    recalled: Annotated[Floats, State("quanta", "what they, or the fund's own leverage, ask for today")]
    is_recalled: Annotated[Floats, State("0 or 1", "1 once something was asked for today")]


@declared
class Investors(NamedTuple):
    """Of each class of a fund."""

    shares: Annotated[
        Floats, State("shares of a fund", "held",
                      opening=lambda arm: arm.investors.share_frac * arm.funds.nav_open[:, None])]
    queued: Annotated[
        Floats, State("shares of a fund", "in queue or overdue",
                      opening=lambda arm: asked_a_day(arm) * arm.investors.notice_days)]
    overdue: Annotated[Floats, State("shares of a fund", "due and not yet paid")]
    due: Annotated[Floats, State("quanta", "to be paid today")]
    queue: Annotated[
        Floats, State("shares of a fund", "under notice, by the day they fall due: a ring", "fund class notice",
                      opening=queue_of_the_past)]
    free: Annotated[
        Floats, State("shares of a fund", "of the class that is served, not queued, before new money", "",
                      is_traced=False)]
    due_so_far: Annotated[Floats, State("quanta", "due to the classes up to this one", "", is_traced=False)]
    paid_so_far: Annotated[Floats, State("quanta", "paid to the classes up to this one", "", is_traced=False)]
    retired: Annotated[Floats, State("shares of a fund", "paid for, of the class that is paid", "", is_traced=False)]


@declared
class Causes(NamedTuple):
    """Of what investors ask for that is not ordinary, by cause: stressed, then gains."""

    overdue: Annotated[Floats, State("shares of a fund", "due and not yet paid, of all classes")]
    due: Annotated[Floats, State("quanta", "to be paid today")]
    ahead: Annotated[Floats, State("quanta", "what falls due before a sale of today has settled", when=settles_late)]
    queue: Annotated[
        Floats, State("shares of a fund", "under notice, by the day they fall due: a ring", "cause fund notice")]
    rest_due: Annotated[Floats, State("quanta", "due by a fund, of which no cause is known yet", "", is_traced=False)]
    gross: Annotated[Floats, State("quanta", "gross sales of a fund in this round", "", is_traced=False)]
    to_share: Annotated[Floats, State("quanta", "of them, all but what pressure sold", "", is_traced=False)]


@declared
class Evaluation(NamedTuple):
    """Of the manager of each fund."""

    log_navps: Annotated[Floats, State("log NAV per share", "today, as the score reads it")]
    score: Annotated[Floats, State("return a year", "score")]
    pressure: Annotated[Floats, State("share of full pressure", "pressure to sell")]
    intended: Annotated[Floats, State("quanta", "of value to sell today for it")]
    planned: Annotated[Floats, State("quanta", "of value that this round is to sell for it")]
    theta: Annotated[
        Floats, State("times the opening's", "units of risk, as far as pressure and its absence moved them",
                      when=responds, opening=1.0)]
    rebuy: Annotated[Floats, State("quanta", "of value to buy back today", when=responds)]
    to_rebuy: Annotated[
        Floats, State("units", "of what is to be bought, for that", "fund asset", rebuys, is_traced=False)]
    drawn_money: Annotated[Floats, State("quanta", "drawn by a fund from all", "", rebuys, is_traced=False)]
    regained: Annotated[Floats, State("quanta", "of value that a fund bought back", "", rebuys, is_traced=False)]
    samples: Annotated[
        Floats, State("log NAV per share", "at past samples: a ring", "fund sample", is_traced=False,
                      opening=lambda arm: newest_first_slot(arm.evaluation.log_nav_history))]
    rung: Annotated[Floats, State("return a year", "of one rung", "", scores_by_rung, is_traced=False)]
    cover: Annotated[
        Floats, State("NAV per share", "facility debt that counts as the fund's own in its score",
                      when=has_score_relief)]
    index_samples: Annotated[
        Floats, State("log price", "of the index at samples after the opening: a ring", "sample", has_index,
                      is_traced=False)]
    year_ends: Annotated[
        Floats, State("log NAV per share", "at the last close of the last calendar year", when=judges_by_year,
                      is_traced=False, opening=lambda arm: arm.evaluation.log_year_end)]
    index_year_ends: Annotated[
        Floats, State("log price", "of the index then, as the fund knows it", when=has_index_by_year,
                      is_traced=False, opening=lambda arm: arm.evaluation.log_index_year_end)]
    peer_assets: Annotated[Floats, State("quanta", "that a cohort weighs among peers, of yesterday", when=has_peers)]
    log_marks: Annotated[
        Floats, State("log NAV per share", "today, of what is the fund's own", when=has_peers, is_traced=False)]
    peer_growth: Annotated[
        Floats, State("quanta", "assets times returns a year, sum over peers", "comparison", has_peers,
                      is_traced=False)]
    compared_assets: Annotated[
        Floats, State("quanta", "of all peers", "comparison", has_peers, is_traced=False)]
    own_growth: Annotated[
        Floats, State("quanta", "of it, what is the fund's that is judged", "", has_peers, is_traced=False)]
    first_sample: Annotated[
        Floats, State("number of a sample", "the manager's first own", when=replaces_managers, opening=-NEVER)]
    own_weight: Annotated[
        Floats, State("1", "sum of the weights of the rungs that count for this manager", when=replaces_managers)]
    own_variance: Annotated[
        Floats, State("1", "variance of the scores of a cohort over these rungs, before weights, at a dispersion of 1",
                      "", disperses_replaced, is_traced=False)]
    unpressed: Annotated[Floats, State("share of pressure", "that bonus limits take away", when=limits_bonuses)]


@declared
class Solvency(NamedTuple):
    """Of each fund that is an insurer's."""

    required: Annotated[Floats, State("quanta", "H, capital that its holdings require")]
    share: Annotated[Floats, State("share of risky holdings", "to sell for solvency today")]
    pressed_part: Annotated[
        Floats, State("share of what is sold", "that evaluation pressure would have sold alone", is_traced=False)]
    age: Annotated[
        Floats, State("trading days", "mean age of a holding", "fund asset", opening=lambda arm: arm.solvency.age_open)]
    factor: Annotated[
        Floats, State("share of value", "of capital that a holding requires", "fund asset", opening=factor_at_opening)]
    units_before: Annotated[
        Floats, State("units", "held at the last close", "fund asset", is_traced=False,
                      opening=lambda arm: arm.funds.units_open)]
