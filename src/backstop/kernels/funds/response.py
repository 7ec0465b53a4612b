"""What managers do under pressure, and once it is gone: a multiple of the opening's risk (docs/model.md, 5 and 9)."""

from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, fma, jit, rule


@jit
def _count_pressure(evaluation, f, tally, lanes):
    """A day counts as much as it presses."""
    for i in range(FIRST, lanes):
        tally.days_under_pressure[f, i] += evaluation.pressure[f, i]


@jit
def _aim(terms, funds, evaluation, f, lanes):
    """``theta' = theta + speed (clip(1 - cut pressure, 0, most) - theta)``, by theta' / theta units are scaled."""
    cut, speed, most, rebuys = terms.cut[f], terms.speed[f], terms.most_risk[f], float(terms.rebuys[f])
    for i in range(FIRST, lanes):
        theta, pressure, risky = evaluation.theta[f, i], evaluation.pressure[f, i], funds.risky[f, i]
        target = min(max(fma(-cut, pressure, 1.0), 0.0), most)
        change = speed * (target - theta) / theta if theta > 0.0 else 0.0
        evaluation.intended[f, i] = max(-change, 0.0) * risky
        evaluation.rebuy[f, i] = rebuys * max(change, 0.0) * risky


@rule
def respond(terms, funds, evaluation, tally, lanes):
    """Step 5: what pressure would make each fund sell today, or its absence buy back if it may."""
    for f in range(count_rows(terms.threshold)):
        if terms.is_on[f]:
            _count_pressure(evaluation, f, tally, lanes)
            if terms.cut[f] != 0.0:
                _aim(terms, funds, evaluation, f, lanes)


@jit
def note_cut(evaluation, funds, f, lanes):
    """Step 9: ``theta *= 1 - planned / risky``, what was sold of what is risky."""
    for i in range(FIRST, lanes):
        planned, risky = evaluation.planned[f, i], funds.risky[f, i]
        evaluation.theta[f, i] *= 1.0 - (planned / risky if risky > 0.0 else 0.0)


@jit
def note_regained(evaluation, funds, f, lanes):
    """Step 9: ``theta *= 1 + regained / risky``, what was bought back."""
    for i in range(FIRST, lanes):
        regained, risky = evaluation.regained[FIRST, i], funds.risky[f, i]
        evaluation.theta[f, i] *= 1.0 + (regained / risky if risky > 0.0 else 0.0)
