"""[market]: assets and how their returns move.

An asset's own risk comes either from a `calibrate` table, which a fit replaces before the run, or from
explicit `volatility` and `innovation` tables, which are what a fit writes. Parameters are in decimals and
trading days, their order is arch's.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from backstop.config.base import Date, Name, PositiveDays, Problem, Section, Switch, refuse, repeated_names
from backstop.config.choices import Distribution, MixedModel, Model
from backstop.config.market.dependence import Dependence, dependence_problems
from backstop.config.market.recursion import own_risk_problem
from backstop.config.market.volatility import Innovation, LongRun, Start, Volatility
from backstop.config.prices.trading import Trading
from backstop.terms import TRADING_DAYS_PER_YEAR

Weight = Annotated[float, Field(strict=True, gt=0.0, le=1e6)]
Lag = Annotated[int, Field(strict=True, ge=0, le=5)]
Oddity = Literal["spacing", "gap", "jump", "weekend", "steady"]
"""What prices are refused for unless it is meant (`backstop.market.examination`)."""


class Calibrate(Section):
    """What to fit by maximum likelihood, with arch, when the run starts (`backstop.market.specification`)."""

    prices: Annotated[str, Field(strict=True, min_length=1)] = Field(
        description="prices by reference: builtin:csi300, a CSV, xlsx or parquet file, or file#column"
    )
    accept: tuple[Oddity, ...] = Field(
        default=(),
        max_length=5,
        description="what of the prices is meant, though they would be refused for it: rows further apart than days, a "
        "gap, a jump, weekends carried forward, a price that hardly moves",
    )
    model: Model = Field(default="gjr", description="volatility model")
    distribution: Distribution = Field(
        default="student-t", description="law of the innovations"
    )
    mean: Literal["constant", "zero"] = Field(
        default="constant", description="whether the mean return is estimated, or zero"
    )
    p: Annotated[int, Field(strict=True, ge=1, le=5)] = Field(default=1, description="lags of shocks")
    o: Lag | None = Field(default=None, description="lags of the asymmetry; 1 where the model has one")
    q: Lag = Field(default=1, description="lags of the volatility")
    harch_lags: tuple[Annotated[int, Field(strict=True, ge=1, le=250)], ...] = Field(
        default=(1, 5, 22), min_length=1, max_length=10, description="trading days that HARCH averages over"
    )
    ewma_lambda: Annotated[float, Field(strict=True, gt=0.0, lt=1.0)] | None = Field(
        default=0.94, description="EWMA's weight of yesterday's variance"
    )
    backcast: Literal["decaying", "mean-square"] = Field(
        default="decaying", description="variance before the first day of the data"
    )
    first: Date | None = Field(default=None, description="first day of the sample")
    last: Date | None = Field(default=None, description="last day of the sample")
    start: Start = Field(
        default="long-run",
        description="variance of day 1: long-run, last (of the data), or a multiple of the long-run variance",
    )
    long_run: LongRun = Field(
        default="fitted",
        description="volatility that the model returns to: as fitted, that of the sample (variance targeting), or a "
        "number, a year",
    )
    block_days: PositiveDays = Field(
        default=1, description="days in a row that filtered-historical draws at once; the model carries what clusters"
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.model == "ewma" and self.start != "last" and self.long_run == "fitted":
            message = 'EWMA has no long run; write start = "last", or a long_run: "sample", or a number'
            refuse([Problem(("start",), message)])
        if self.first is not None and self.last is not None and self.first > self.last:
            refuse([Problem(("last",), f"{self.last} is before {self.first}; write a later day")])
        return self


class Factor(Section):
    """The asset that another one follows."""

    asset: Name = Field(description="the factor, an asset listed before")
    beta: Annotated[float, Field(strict=True, ge=-10.0, le=10.0)] = Field(
        description="move for a move of 1 of the factor"
    )


class AssetConfig(Section):
    """One asset: its own risk, what it follows, where it trades."""

    name: Name = Field(description="what the asset is called")
    is_risky: Switch = Field(default=True, description="whether pressure to de-risk sells it")
    is_technology: Switch = Field(default=False, description="whether it counts as a long-term technology holding")
    drift_ann_frac: Annotated[float, Field(strict=True, ge=-10.0, le=10.0)] = Field(
        default=0.0, description="mean log return a year, beyond the factor's"
    )
    factor: Factor | None = Field(default=None, description="the asset that it follows")
    calibrate: Calibrate | None = Field(default=None, description="fit the own risk to prices")
    volatility: Volatility | None = Field(default=None, description="the own risk, explicitly")
    innovation: Innovation | None = Field(default=None, description="law of the own shocks, explicitly")
    trading: Trading | None = Field(default=None, description="without it volume is no limit and moves no price")

    @model_validator(mode="before")
    @classmethod
    def _take_drift_of_a_fit(cls, given: Any) -> Any:
        """A fit writes its drift a day."""
        if not isinstance(given, dict) or not isinstance(given.get("drift_per_day"), float):
            return given
        rest = {key: value for key, value in given.items() if key != "drift_per_day"}
        return rest | {"drift_ann_frac": TRADING_DAYS_PER_YEAR * given["drift_per_day"]}

    @model_validator(mode="after")
    def _check_own_risk(self) -> Self:
        if self.calibrate is not None:
            refuse(
                Problem((key,), "the fit of `calibrate` gives it; drop one of the two")
                for key in ("volatility", "innovation")
                if getattr(self, key) is not None
            )
            return self
        if self.volatility is None or self.innovation is None:
            refuse(
                Problem((key,), "missing; write it, or a `calibrate` table")
                for key in ("volatility", "innovation")
                if getattr(self, key) is None
            )
        elif problem := own_risk_problem(self.volatility, self.innovation):
            refuse([Problem(("volatility",), problem)])
        return self

    @property
    def factor_name(self) -> str | None:
        """The asset it follows, if any."""
        return None if self.factor is None else self.factor.asset


_WITHOUT_RISK: dict[str, Any] = {
    "volatility": {"model": "constant", "long_run_volatility_ann_frac": 0.0},
    "innovation": {"distribution": "normal"},
}


def _is_bare(asset: Any) -> bool:
    """Whether nothing is written of an asset's own risk."""
    return isinstance(asset, dict) and not {"calibrate", "volatility", "innovation"} & asset.keys()


class MarketConfig(Section):
    """The exogenous market."""

    index: Name = Field(description="the asset that market signals read")
    cash_rate_ann_frac: Annotated[float, Field(strict=True, gt=-1.0, le=10.0)] = Field(
        default=0.0, description="what funds earn on cash, a year"
    )
    volatility_multiplier: Annotated[float, Field(strict=True, ge=0.0, le=100.0)] = Field(
        default=1.0, description="factor on every asset's volatility; 1 is the model as it is"
    )
    rounds: Annotated[int, Field(strict=True, ge=1, le=1000)] = Field(
        default=1, description="most rounds of sales a day: closes that force levered funds to sell make another"
    )
    fixed_points: Literal["least-sales", "both"] = Field(
        default="least-sales",
        description="of several prices at which nobody has to sell more, that with the least sales is the day's; both: "
        "how far that with the most lies below is an outcome",
    )
    assets: tuple[AssetConfig, ...] = Field(min_length=1, max_length=500, description="assets, factors first")
    dependence: Dependence | None = Field(
        default=None, description="how own shocks move together; without it they are independent"
    )
    parameter_uncertainty: Switch = Field(
        default=False,
        description="whether each 256 paths draw the parameters of calibrated assets from the law of their estimates",
    )
    models: Annotated[tuple[MixedModel, ...], Field(min_length=2, max_length=16)] | None = Field(
        default=None,
        description="volatility models that groups of 64 paths take in turn, in place of that of every `calibrate` "
        "table; fhs is the table's own model with days of its residuals for a law",
    )
    model_weights: Annotated[tuple[Weight, ...], Field(min_length=2, max_length=16)] | None = Field(
        default=None, description="weight of each of `models` in every figure; without it all weigh the same"
    )
    include: Annotated[str, Field(strict=True, min_length=1)] | None = Field(
        default=None,
        description="TOML file with a [market] of its own, as `backstop calibrate` writes it, from which assets take "
        "their risk",
    )
    paths: Annotated[str, Field(strict=True, min_length=1)] | None = Field(
        default=None,
        description="parquet file of market paths to run on instead, as `backstop simulate` writes them: path (from "
        "0), day (from 1), asset, log_return (or price, 1 at the opening) and, where it is known, volatility",
    )

    @model_validator(mode="after")
    def _check_rounds(self) -> Self:
        if self.fixed_points == "both" and self.rounds == 1:
            refuse([Problem(("fixed_points",), 'one round ends nowhere; write rounds = 20, say, or "least-sales"')])
        return self

    @model_validator(mode="after")
    def _check_models(self) -> Self:
        refuse([Problem((key,), message) for key, message in self._model_problems()])
        return self

    def _model_problems(self) -> Iterator[tuple[str, str]]:
        if self.models is None:
            if self.model_weights is not None:
                yield "model_weights", "there are no `models` to weigh; write them, or drop it"
            return
        if len(set(self.models)) < len(self.models):
            yield "models", "a model stands there twice; name each once"
        if self.model_weights is not None and len(self.model_weights) != len(self.models):
            yield "model_weights", f"{len(self.model_weights)} for {len(self.models)} models; write one for each"
        if self.paths is not None:
            yield "models", "market.paths gives the paths, no model makes them; drop one of the two"
        if all(asset.calibrate is None for asset in self.assets):
            yield "models", "no asset has a `calibrate` table, whose model these replace; write one"

    @model_validator(mode="before")
    @classmethod
    def _take_given_paths(cls, given: Any) -> Any:
        """An asset whose paths are given needs no risk of its own."""
        if not isinstance(given, dict) or not given.get("paths") or not isinstance(given.get("assets"), list | tuple):
            return given
        return given | {"assets": [_WITHOUT_RISK | asset if _is_bare(asset) else asset for asset in given["assets"]]}

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        names = [asset.name for asset in self.assets]
        problems = repeated_names(names, ("assets",))
        if self.index not in names:
            problems.append(Problem(("index",), f"no asset {self.index!r}; write one of {', '.join(names)}"))
        problems += [*self._factor_problems(names), *self._block_problems()]
        refuse([*problems, *dependence_problems(self.dependence, self.assets)])
        return self

    def _block_problems(self) -> list[Problem]:
        """Days of residuals are drawn for all such assets together, so in blocks of one length."""
        laws = [(position, key, law) for position, asset in enumerate(self.assets)
                for key, law in (("calibrate", asset.calibrate), ("innovation", asset.innovation))
                if law is not None and law.distribution == "filtered-historical"]
        return [
            Problem(
                ("assets", position, key, "block_days"),
                f"{law.block_days} is not the {laws[0][2].block_days} of {self.assets[laws[0][0]].name}, with which it "
                "is drawn; write the same",
            )
            for position, key, law in laws
            if law.block_days != laws[0][2].block_days
        ]

    def _factor_problems(self, names: list[str]) -> list[Problem]:
        return [
            Problem(
                ("assets", position, "factor", "asset"),
                f"{asset.factor.asset!r} is not listed before {asset.name}; list it there",
            )
            for position, asset in enumerate(self.assets)
            if asset.factor is not None and asset.factor.asset not in names[:position]
        ]


def model_titles(market: MarketConfig) -> dict[str, str]:
    """By asset, its volatility model and the law of its shocks; of models that take turns, all."""
    if market.paths is not None:
        return {asset.name: f"paths of {market.paths}" for asset in market.assets}
    return {asset.name: _model_title(asset, market.models) for asset in market.assets}


def _model_title(asset: AssetConfig, in_turn: tuple[str, ...] | None) -> str:
    if asset.calibrate is not None:
        models = [asset.calibrate.model] if in_turn is None else in_turn
        return f"{', '.join(models)} {asset.calibrate.distribution}"
    if asset.volatility is None or asset.innovation is None:
        return "none"
    return f"{asset.volatility.model} {asset.innovation.distribution}"
