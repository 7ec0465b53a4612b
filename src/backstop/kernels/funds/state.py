"""What funds, their lenders, investors and managers carry from day to day (rows as in `backstop.kernels.state`)."""

from typing import NamedTuple

from backstop.terms import Floats


class Funds(NamedTuple):
    """Axis F; units and sales (F*J), history (F*H)."""

    units: Floats
    to_sell: Floats
    """n, units to sell today."""
    to_buy: Floats
    """m, units to buy today; no rows, here and below, where no fund invests new money."""
    spare: Floats
    """What may be spent on them."""
    sale_cost: Floats
    """What impact took from today's sales."""
    cash: Floats
    other_cash_in: Floats
    """Interest on cash and new money of investors so far, less purchases and what has not settled."""
    receivable: Floats
    """Proceeds on their way; no rows, here and below, where every sale settles at once."""
    settling: Floats
    """(F*N) a ring over the days on which they arrive."""
    ahead: Floats
    """What falls due before a sale of today has settled."""
    shares: Floats
    holdings: Floats
    risky: Floats
    net_debt: Floats
    """Principal and interest due, over all facilities and outside lenders, less what is receivable."""
    principal: Floats
    pending: Floats
    """Approved by facilities, not yet arrived."""
    nav: Floats
    navps: Floats
    peak: Floats
    drawdown: Floats
    buffer: Floats
    due: Floats
    ripe: Floats
    """What investors may have today before gates; no rows where no fund has a gate or swings its price."""
    exit_price: Floats
    """What a share is paid to those who leave today; no rows where `ripe` has none."""
    late: Floats
    """The part of what is due that was due yesterday."""
    requested_shares: Floats
    stay: Floats
    """Share of requests that an announcement holds back."""
    called: Floats
    owed: Floats
    """To be paid today: to investors, on called debt, to outside lenders."""
    injection: Floats
    derisk_share: Floats
    """Of risky holdings, to sell for evaluation pressure."""
    raise_share: Floats
    """Of all holdings, to sell for payments."""
    left: Floats
    """What a waterfall still has to raise."""
    paid: Floats
    unpaid_days: Floats
    nav_history: Floats


class Lenders(NamedTuple):
    """Axis F: outside lenders; no rows where no fund has any."""

    debt: Floats
    interest: Floats
    """Added to the debt so far."""
    lendable: Floats
    """What they lend against today's holdings."""
    recalled: Floats
    """What they, or the fund's own leverage, ask for today."""
    is_recalled: Floats
    """1 once something was asked for today."""


class Investors(NamedTuple):
    """Axis F*C; the queue (F*C*N) is a ring over notice days."""

    shares: Floats
    queued: Floats
    overdue: Floats
    due: Floats
    queue: Floats


class Evaluation(NamedTuple):
    """Axis F; samples (F*S). Rows that only some rules need are there only where a fund has such a rule."""

    log_navps: Floats
    score: Floats
    pressure: Floats
    intended: Floats
    derisked: Floats
    samples: Floats
    rung: Floats
    """(1 or 0, L) return of one rung."""
    cover: Floats
    """Facility debt that counts as the fund's own in its score."""
    index_samples: Floats
    """(S or 0, L) ring of log prices of the index, from the first sample after the opening."""
    first_sample: Floats
    """Number of the manager's first own sample."""
    own_weight: Floats
    """Sum of the weights of the rungs that count for this manager."""
    unpressed: Floats
    """Share of pressure that bonus limits take away; no rows without them."""
