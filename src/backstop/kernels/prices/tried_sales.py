"""What a levered fund would sell at closes that are only tried (docs/model.md, 9). Rows of units are ``f*J + j``.

It raises by its own rule what it lacks at those prices beyond its orders, from what it may still sell today: what does
not trade brings nothing, and others are sold for it, as in round after round of a day.
"""

from backstop.kernels.funds.marks import free_cash
from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, Index, fma, jit
from backstop.kernels.machine.lanes import clear, is_any_at_least
from backstop.terms import LiquidationRule

_ALL = 1e300
"""More than anybody has: to lack it is to sell all that may be sold."""
_QUANTUM = 1.0


@jit
def lack_all(rounds, f, lanes):
    """At the far end."""
    for i in range(FIRST, lanes):
        rounds.lack[f, i] = _ALL


@jit
def lack_nothing(rounds, f, lanes):
    """At the near end."""
    clear(rounds.lack, f, lanes)


@jit
def _find_lack(funds, f, rounds, lanes):
    """``lack = owed - free``."""
    for i in range(FIRST, lanes):
        rounds.lack[f, i] = funds.owed[f, i] - free_cash(funds, f, i)


@jit
def _look_ahead(funds, f, rounds, lanes):
    """``lack += ahead - receivable``."""
    for i in range(FIRST, lanes):
        rounds.lack[f, i] += funds.ahead[f, i] - funds.receivable[f, i]


@jit
def _bring_orders(funds, row, prices, j, rounds, f, lanes):
    """``lack -= n h``."""
    for i in range(FIRST, lanes):
        rounds.lack[f, i] = fma(-funds.to_sell[row, i], prices.price[j, i], rounds.lack[f, i])


@jit
def find_lack(funds, f, prices, rounds, lanes):
    """``lack = owed + ahead - free - receivable - sum_j n_j h_j``, with what is owed at the prices h that are tried."""
    n_assets = count_rows(prices.price)
    _find_lack(funds, f, rounds, lanes)
    if count_rows(funds.receivable) > FIRST:
        _look_ahead(funds, f, rounds, lanes)
    for j in range(n_assets):
        _bring_orders(funds, f * n_assets + j, prices, j, rounds, f, lanes)


@jit
def _find_room(terms, funds, f, prices, j, rounds, lanes):
    """``room = max(0, min(units, participation * adv(t) / P) - n)``."""
    row, participation = f * count_rows(rounds.room) + j, terms.participation_frac[f] / terms.count[f]
    for i in range(FIRST, lanes):
        most = min(funds.units[row, i], participation * prices.depth[j, i] / rounds.kept_price[j, i])
        rounds.room[j, i] = max(0.0, most - funds.to_sell[row, i])
        rounds.more[j, i] = 0.0


@jit
def _weigh(funds, row, prices, j, rounds, lanes):
    """``base += units h`` where there is room."""
    for i in range(FIRST, lanes):
        value, room, base = funds.units[row, i] * prices.price[j, i], rounds.room[j, i], rounds.base[FIRST, i]
        rounds.base[FIRST, i] = base + value if room > 0.0 else base


@jit
def _find_share(rounds, lanes):
    """``share = rest / base``; who lacks less than a quantum sells none."""
    for i in range(FIRST, lanes):
        rest, base = rounds.rest[FIRST, i], rounds.base[FIRST, i]
        rounds.share[FIRST, i] = rest / base if (rest >= _QUANTUM) & (base > 0.0) else 0.0


@jit
def _take_share(funds, row, prices, j, rounds, lanes):
    """``x = min(room, share * units); more += x; room -= x; rest -= x h``."""
    for i in range(FIRST, lanes):
        x = min(rounds.room[j, i], rounds.share[FIRST, i] * funds.units[row, i])
        rounds.more[j, i] += x
        rounds.room[j, i] -= x
        rounds.rest[FIRST, i] = fma(-x, prices.price[j, i], rounds.rest[FIRST, i])


@jit
def _spread(funds, f, prices, rounds, lanes):
    """Pro rata to what trades; what has no room left, others sell for it, in as many passes as there are assets."""
    n_assets = count_rows(rounds.room)
    for _ in range(n_assets):
        if not is_any_at_least(rounds.rest, FIRST, _QUANTUM, lanes):
            return
        clear(rounds.base, FIRST, lanes)
        for j in range(n_assets):
            _weigh(funds, f * n_assets + j, prices, j, rounds, lanes)
        _find_share(rounds, lanes)
        for j in range(n_assets):
            _take_share(funds, f * n_assets + j, prices, j, rounds, lanes)


@jit
def _take_in_order(prices, j, rounds, lanes):
    """``x = min(room, rest / h)``."""
    for i in range(FIRST, lanes):
        x = min(rounds.room[j, i], max(0.0, rounds.rest[FIRST, i]) / prices.price[j, i])
        rounds.more[j, i] += x
        rounds.rest[FIRST, i] = fma(-x, prices.price[j, i], rounds.rest[FIRST, i])


@jit
def _set_rest(rounds, f, share, lanes):
    for i in range(FIRST, lanes):
        rounds.rest[FIRST, i] = share * rounds.lack[f, i]


@jit
def _add_rest(rounds, f, share, lanes):
    for i in range(FIRST, lanes):
        rounds.rest[FIRST, i] = fma(share, rounds.lack[f, i], rounds.rest[FIRST, i])


@jit
def find_more(terms, funds, f, prices, rounds, lanes):
    """`more` (J, L): units beyond the orders of fund f that raise what it lacks, as far as it may sell."""
    for j in range(count_rows(rounds.room)):
        _find_room(terms, funds, f, prices, j, rounds, lanes)
    rule = terms.liquidation_rule[f]
    spread = terms.pro_rata_frac[f] if rule == LiquidationRule.MIXED else 0.0
    if rule == LiquidationRule.PRO_RATA:
        spread = 1.0
    _set_rest(rounds, f, spread, lanes)
    _spread(funds, f, prices, rounds, lanes)
    _add_rest(rounds, f, 1.0 - spread, lanes)
    for position in range(count_rows(rounds.room)):
        _take_in_order(prices, Index(terms.liquidation_order[f, position]), rounds, lanes)
