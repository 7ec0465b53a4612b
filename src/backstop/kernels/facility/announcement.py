"""Facilities that are announced: investors of eligible funds ask for less (docs/model.md, 4).

Funds with more eligible assets lost 61 % less after a purchase programme was announced (Breckenfelder and Hoerova).
"""

from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, jit, rule
from backstop.kernels.machine.lanes import clear
from backstop.terms import ACTIVE


@jit
def has_announcement(terms):
    """Whether the announcement of any facility does anything."""
    for k in range(count_rows(terms.announcement_cut)):
        if terms.announcement_cut[k] > 0.0:
            return True
    return False


@jit
def _hear(funds, f, keys, k, cut, is_announced_at_opening, lanes):
    """``stay = max(stay, cut [is announced])``."""
    for i in range(FIRST, lanes):
        is_announced = is_announced_at_opening | (keys.phase[k, i] == ACTIVE)
        funds.stay[f, i] = max(funds.stay[f, i], cut if is_announced else 0.0)


@rule
def reassure(terms, system_keys, funds, lanes):
    """Step 4: the share of requests that announcements hold back today, by keys as the day before left them."""
    if not has_announcement(terms):
        return
    for f in range(count_rows(funds.stay)):
        clear(funds.stay, f, lanes)
        for k in range(count_rows(terms.announcement_cut)):
            if terms.announcement_cut[k] > 0.0 and terms.is_eligible[k, f] > 0.0:
                _hear(funds, f, system_keys, k, terms.announcement_cut[k], terms.is_announced_at_opening[k] == 1, lanes)
