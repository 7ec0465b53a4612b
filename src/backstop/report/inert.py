"""Terms that never bound a claim in a run: whoever changes them changes nothing, as far as they stay as loose."""

from collections.abc import Iterator, Sequence

from backstop.answers.summary import Row
from backstop.terms import NO_CAP, NO_GATE, ArmTerms, Instrument


def inert_terms(rows: Sequence[Row], name: str, arm: ArmTerms) -> str | None:
    """A sentence that names them; None where nothing was needed, or all terms bind."""
    found = {row.metric: row.estimate for row in rows
             if row.arm == name and row.fund is None and row.statistic in ("mean", "ratio")}
    if not found.get("need"):
        return None
    idle = [term for cut, term in _terms_of(arm) if found.get(f"cut_{cut}") == 0.0]
    return f"Never bound a claim of {name} here: {', '.join(idle)}" if idle else None


def _terms_of(arm: ArmTerms) -> Iterator[tuple[str, str]]:
    """What an arm has that may cut a claim: the name of the cut, and of the terms."""
    lends = arm.facilities.instrument != Instrument.PURCHASE
    if lends.any():
        yield "coverage", "coverage and deductible"
        yield "collateral", "haircuts"
        yield "fund_cap", "the cap of the fund"
    if (arm.covenants.exposure_cap < NO_GATE).any():
        yield "covenant", "the exposure cap"
    if ((arm.admission.take_up_frac < 1.0) | (arm.admission.claims_frac < 1.0)).any():
        yield "take_up", "take-up"
    if arm.admission.has_solvency_test.any():
        yield "solvency", "the solvency test"
    if (arm.rationing.sponsor_cap < NO_CAP).any():
        yield "sponsor", "the caps of sponsors"
    if (arm.rationing.facility_cap < NO_CAP).any() or arm.rationing.pool_cap < NO_CAP or not lends.all():
        yield "facility", "caps and budgets of facilities"
    yield "pool", "the money of the pool"
