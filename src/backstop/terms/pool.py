"""Terms of the pool behind the facilities: its money, its members, how claims share it."""

from typing import Annotated, NamedTuple

from backstop.terms.declare import Term, declared
from backstop.terms.kinds import ProfitTo, ShareRule
from backstop.terms.numbers import NO_CAP, Floats, Integers


@declared
class RationingTerms(NamedTuple):
    """How claims are cut to caps and to the pool's money."""

    share_rule: Annotated[Integers, Term(
        "facility", "code", "how claims share what is too little for all", kinds=ShareRule)]
    facility_cap: Annotated[Floats, Term("facility", "quanta", "most that it may have out", none=NO_CAP)]
    sponsor_cap: Annotated[Floats, Term(
        "facility", "quanta", "most that it may have out to the funds of one sponsor", none=NO_CAP)]
    capital_frac: Annotated[Floats, Term("facility", "quanta a quantum out", "own capital that is tied up; 0 for none")]
    pool_cap: Annotated[float, Term("", "quanta", "most that all facilities may have out", none=NO_CAP)]


@declared
class MemberTerms(NamedTuple):
    """What funds are to the pool."""

    sponsor: Annotated[Integers, Term("fund", "number of the sponsor, -1 for none", "whose fund it is")]
    premium_frac: Annotated[Floats, Term(
        "fund", "share of NAV a premium", "what it pays; 0 for funds that no facility of the arm admits")]


@declared
class PoolTerms(NamedTuple):
    """The money behind the facilities; the first listed layer loses first."""

    layer_size: Annotated[Floats, Term("layer", "quanta", "of its capital")]
    paid_in: Annotated[Floats, Term("layer", "quanta", "paid in at the opening; the rest is called when it is lacking")]
    funding_rate_per_day: Annotated[Floats, Term("layer", "rate a day", "what its owner's money costs")]
    call_delay_days: Annotated[Integers, Term("layer", "trading days", "from a call to its cash, at least 1")]
    refill_days: Annotated[Floats, Term("layer", "trading days", "with a loss after which the owner refills the layer")]
    refill_times: Annotated[Floats, Term("layer", "count", "how often; 0 for never")]
    refill_most: Annotated[Floats, Term("layer", "quanta", "how much in all")]
    cash_floor: Annotated[float, Term("", "quanta", "free cash below which capital is called")]
    borrow_multiple: Annotated[float, Term(
        "", "times what is paid in", "most that may be borrowed under guarantee; 0 for nothing")]
    borrow_rate_per_day: Annotated[float, Term("", "rate a day", "interest on what is borrowed")]
    idle_rate_per_day: Annotated[float, Term("", "rate a day", "what idle cash earns")]
    premium_days: Annotated[int, Term("", "trading days", "from one premium to the next; 0 for no premiums")]
    profit_reserve: Annotated[float, Term("", "quanta", "surplus that is never shared")]
    profit_frac: Annotated[float, Term("", "share of the surplus beyond the reserve", "that is paid out")]
    profit_to: Annotated[int, Term("", "code", "who gets it", kinds=ProfitTo)]
