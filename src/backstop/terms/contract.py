"""Terms of the contract around a loan: what it costs, when it is paid back, who is admitted, what borrowers may do."""

from typing import NamedTuple

from backstop.terms.codes import Floats


class AdvanceTerms(NamedTuple):
    """Pricing that grows with use and time, and what is paid back before maturity; axes K, (K, S)."""

    size: Floats
    """(K,) quanta that a facility's use is measured against."""
    use_slope: Floats
    """(K,) added to the daily rate of a facility in full use."""
    step_days: Floats
    """(K, S) days of use from which a step of the rate counts."""
    step: Floats
    """(K, S) added to the daily rate then; 0 for unused steps."""
    fee_frac: Floats
    """(K,) share of what arrives that is paid at once."""
    instalment_days: Floats
    """(K,) days between equal instalments; 0 for none."""
    top_up_frac: Floats
    """(K,) a margin is called once collateral after haircuts is below this share of debt; 0 for never."""


class AdmissionTerms(NamedTuple):
    """Whose claims are heard, axis K."""

    claims_frac: Floats
    """Share of every claim that is presented."""
    take_up_frac: Floats
    """Chance that a fund ever claims."""
    has_solvency_test: Floats
    """1 where claims must pass it."""
    least_nav_frac: Floats
    """Least NAV, share of assets; ``-NO_GATE`` for any."""
    least_navps: Floats
    """Least NAV per share, 1 at the opening; ``-NO_GATE`` for any."""


class CovenantTerms(NamedTuple):
    """What binds a fund while it owes a facility anything, axis K."""

    bars_derisking: Floats
    """1 where evaluation pressure may force no sales."""
    payout_frac: Floats
    """Most that is paid to investors a day, share of NAV; `NO_GATE` for no limit."""
    bonus_frac: Floats
    """Share of managers' pay at stake that is suspended, and presses no more."""
    exposure_cap: Floats
    """Most of risky holdings over NAV; `NO_GATE` for no cap."""
