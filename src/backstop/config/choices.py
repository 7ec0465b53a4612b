"""What a config may write where it chooses from a table of kinds: the words of the table, and what they mean."""

from typing import TYPE_CHECKING, Literal, TypeAlias

from typing_extensions import TypeAliasType

from backstop.config.funds.units import UNITS
from backstop.config.market.models import VolatilityModel
from backstop.terms import Draw, Execution, FundSignal, Instrument, MarketSignal, ProfitTo, ShareRule
from backstop.terms.declare import Kind

if TYPE_CHECKING:
    OfMarket: TypeAlias = str
    OfFund: TypeAlias = str
    Unit: TypeAlias = str
    Model: TypeAlias = str
    MixedModel: TypeAlias = str
    Distribution: TypeAlias = str
    FittedLaw: TypeAlias = str
    ExecutionWord: TypeAlias = str
    Rationing: TypeAlias = str
    Owners: TypeAlias = str
    InstrumentTable: TypeAlias = str
else:
    # the tables say which there are, which no type checker can follow
    OfMarket = TypeAliasType("MarketSignal", Literal[MarketSignal.keys()])
    OfFund = TypeAliasType("FundSignal", Literal[FundSignal.keys()])
    Unit = Literal[tuple(UNITS)]
    Model = Literal[VolatilityModel.keys()]
    MixedModel = Literal[(*VolatilityModel.keys(), "fhs")]
    Distribution = Literal[tuple(law.key for law in Draw if law.rule.is_written)]
    FittedLaw = Literal[tuple(law.key for law in Draw if law.rule.is_fitted)]
    ExecutionWord = Literal[Execution.keys()]
    Rationing = Literal[ShareRule.keys()]
    Owners = Literal[ProfitTo.keys()]
    InstrumentTable = Literal[tuple(dict.fromkeys(kind.rule.table for kind in Instrument))]


def explained(*tables: type[Kind]) -> str:
    """The words of `tables`, each with its meaning, for the description of a key."""
    return "; ".join(f"{kind.key}: {kind.rule.meaning}" for table in tables for kind in table)
