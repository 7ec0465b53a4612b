"""Terms of the contract around a loan: what it costs, when it is paid back, who is admitted, what borrowers may do."""

from typing import Annotated, NamedTuple

from backstop.terms.declare import Term, declared
from backstop.terms.numbers import NO_GATE, Floats


@declared
class AdvanceTerms(NamedTuple):
    """Pricing that grows with use and time, and what is paid back before maturity, or after it."""

    size: Annotated[Floats, Term("facility", "quanta", "what its use is measured against")]
    use_slope: Annotated[Floats, Term("facility", "rate a day", "added to the rate of a facility in full use")]
    step_days: Annotated[Floats, Term("facility step", "trading days", "of use from which a step of the rate counts")]
    step: Annotated[Floats, Term("facility step", "rate a day", "added to the rate then; 0 for unused steps")]
    fee_frac: Annotated[Floats, Term("facility", "share of what arrives", "paid at once")]
    instalment_days: Annotated[Floats, Term("facility", "trading days", "between equal instalments; 0 for none")]
    top_up_frac: Annotated[Floats, Term(
        "facility", "share of debt", "a margin is called once collateral after haircuts is below it; 0 for never")]
    repay_ahead_days: Annotated[Floats, Term(
        "facility", "trading days", "before a maturity, over which the debt is raised and repaid; 0 for none")]
    grace_days: Annotated[Floats, Term(
        "facility", "trading days", "that a called loan may stay unpaid before the fund defaults")]


@declared
class AdmissionTerms(NamedTuple):
    """Whose claims are heard."""

    claims_frac: Annotated[Floats, Term("facility", "share of a claim", "that is presented")]
    take_up_frac: Annotated[Floats, Term("facility", "chance", "that a fund ever claims")]
    has_solvency_test: Annotated[Floats, Term("facility", "0 or 1", "whether claims must pass it")]
    least_nav_frac: Annotated[Floats, Term("facility", "share of assets", "least NAV of who claims", none=-NO_GATE)]
    least_navps: Annotated[Floats, Term("facility", "NAV per share", "least of who claims", none=-NO_GATE)]


@declared
class CovenantTerms(NamedTuple):
    """What binds a fund while it owes a facility anything."""

    bars_derisking: Annotated[Floats, Term("facility", "0 or 1", "whether evaluation pressure may force no sales")]
    payout_frac: Annotated[Floats, Term(
        "facility", "share of NAV a day", "most that is paid to investors", none=NO_GATE)]
    bonus_frac: Annotated[Floats, Term(
        "facility", "share of managers' pay at stake", "that is suspended, and presses no more")]
    exposure_cap: Annotated[Floats, Term("facility", "times NAV", "most of risky holdings", none=NO_GATE)]
