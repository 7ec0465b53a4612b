"""[scenario]: what is laid over the market; each file of config/presets/scenarios is a preset with its sources."""

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from backstop.config.base import Date, Frac, Name, Number, PositiveDays, Problem, Section, Switch, refuse
from backstop.config.market.section import AssetConfig, MarketConfig
from backstop.config.prices.trading import Others
from backstop.config.text.presets import FOLDER

PRESETS_FOLDER = FOLDER / "scenarios"
INDEX = "index"
"""In a preset: whatever asset the market's index is."""

_ADDED = ("shocks", "volatility_windows", "jumps")
"""Lists to which those beside a preset are added."""


def preset_names() -> tuple[str, ...]:
    """Scenarios that ship with the package."""
    return tuple(sorted(path.stem for path in PRESETS_FOLDER.glob("*.toml")))


class Pin(Section):
    """An asset's returns from day 1 on: those of a historical window, or as listed."""

    asset: Name = Field(description="the asset whose returns are given")
    prices: Annotated[str, Field(strict=True, min_length=1)] | None = Field(
        default=None, description="prices by reference, of which the days from `first` to `last` are taken"
    )
    first: Date | None = Field(default=None, description="first trading day of the window")
    last: Date | None = Field(default=None, description="last trading day of the window")
    log_returns: tuple[Number, ...] = Field(default=(), description="log returns a day, instead of a window")

    @model_validator(mode="after")
    def _check(self) -> Self:
        window = (self.prices, self.first, self.last)
        if self.log_returns:
            refuse(
                Problem((key,), "`log_returns` gives the path; drop one of the two")
                for key in ("prices", "first", "last")
                if getattr(self, key) is not None
            )
        elif None in window:
            refuse([Problem((), "write prices, first and last, or log_returns")])
        elif self.first is not None and self.last is not None and self.first > self.last:
            refuse([Problem(("last",), f"{self.last} is before {self.first}; write a later day")])
        return self


class Shock(Section):
    """A sudden return on a day."""

    asset: Name = Field(description="the asset it hits; others feel it as far as they follow that one")
    day: PositiveDays = Field(description="day of the run, from 1")
    return_frac: Annotated[float, Field(strict=True, gt=-1.0, le=10.0)] = Field(
        description="return added to the day's, -0.05 is a fall of five per cent"
    )
    feeds_variance: Switch = Field(default=True, description="whether later volatility answers to it")


class VolatilityWindow(Section):
    """Days on which volatility is a multiple of the model's; where windows overlap, they multiply."""

    first_day: PositiveDays = Field(description="day of the run, from 1, on which it begins")
    last_day: PositiveDays = Field(description="the last day of it")
    multiplier: Annotated[float, Field(strict=True, ge=0.0, le=100.0)] = Field(
        description="factor on volatility, on top of those of every day; later volatility does not answer to it"
    )
    asset: Name | None = Field(
        default=None, description="the asset it is for, others feel it as far as they follow that one; without it, all"
    )

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.last_day < self.first_day:
            refuse([Problem(("last_day",), f"{self.last_day} is before {self.first_day}; write a later day")])
        return self


class Jump(Section):
    """Sudden moves at random times: compound Poisson, on top of the model (Merton 1976)."""

    asset: Name = Field(description="the asset that jumps; others feel it as far as they follow that one")
    per_year: Annotated[float, Field(strict=True, gt=0.0, le=252.0)] = Field(description="jumps expected a year")
    mean_log_return: Annotated[float, Field(strict=True, gt=-1.0, le=10.0)] = Field(description="mean size")
    deviation_log_return: Annotated[float, Field(strict=True, ge=0.0, le=10.0)] = Field(
        description="standard deviation of the size"
    )


class Forced(Others):
    """Sellers outside the funds whom the scenario brings, in place of those of the asset."""

    asset: Name | None = Field(default=None, description="the asset that they sell; without it, every risky one")


class ScenarioConfig(Section):
    """What is laid over the market; what stands beside a preset replaces, or adds to, the preset's."""

    preset: Annotated[str, Field(strict=True)] = Field(default="none", description="a named scenario, or none")
    source: str = Field(default="", description="where its numbers come from")
    variance_multiple: Annotated[float, Field(strict=True, gt=0.0, le=1e4)] | None = Field(
        default=None, description="variance of day 1 of every asset, as a multiple of its long-run variance"
    )
    volatility_multiplier: Annotated[float, Field(strict=True, ge=0.0, le=100.0)] = Field(
        default=1.0, description="factor on every asset's volatility, on top of the market's"
    )
    drift_ann_frac: dict[Name, Annotated[float, Field(strict=True, ge=-10.0, le=10.0)]] = Field(
        default={}, description="added to the drift of the assets named, a year"
    )
    correlation_stress: Annotated[Frac, Field(lt=1.0)] = Field(
        default=0.0, description="how far correlations go from the model's (0) toward 1"
    )
    pins: tuple[Pin, ...] = Field(default=(), max_length=500, description="assets whose path is given")
    contains_impact: Switch | None = Field(
        default=None,
        description="whether given paths contain what the funds' own sales did to them, so that arm none reproduces "
        "them; unless stated, windows of real prices do, and listed returns do not",
    )
    shocks: tuple[Shock, ...] = Field(default=(), max_length=10_000, description="dated shocks")
    volatility_windows: tuple[VolatilityWindow, ...] = Field(
        default=(), max_length=10_000, description="windows of days with a factor on volatility"
    )
    jumps: tuple[Jump, ...] = Field(default=(), max_length=500, description="assets that jump at random")
    others: tuple[Forced, ...] = Field(
        default=(),
        max_length=500,
        description="sellers outside the funds, such as margin finance; those written beside a preset take the place "
        "of the preset's",
    )

    @model_validator(mode="after")
    def _check_preset(self) -> Self:
        if self.preset != "none" and self.preset not in preset_names():
            near = difflib.get_close_matches(self.preset, preset_names(), n=1)
            remedy = f"did you mean {near[0]}? write it, " if near else "write "
            known = ", ".join(preset_names())
            refuse([Problem(("preset",), f"no scenario {self.preset!r}; {remedy}none, {known}")])
        names = [pin.asset for pin in self.pins]
        refuse(
            Problem(("pins", position, "asset"), f"{name} is pinned already; write one path for it")
            for position, name in enumerate(names)
            if name in names[:position]
        )
        return self


def late_findings(scenario: ScenarioConfig, n_days: int) -> tuple[str, ...]:
    """What is written for days that a run of `n_days` does not have, a line each."""
    late = [f"scenario.shocks: day {shock.day}" for shock in scenario.shocks if shock.day > n_days]
    late += [f"scenario.volatility_windows: day {window.first_day}" for window in scenario.volatility_windows
             if window.first_day > n_days]
    return tuple(f"{what} comes after the last day, {n_days}, and does nothing; write an earlier day, or more run.days"
                 for what in late)


def title_of(scenario: ScenarioConfig) -> str:
    """The preset's name, ``changed`` behind it where more is written; ``as written`` without one; or ``none``."""
    is_changed = bool(scenario.model_fields_set - {"preset", "source"})
    if scenario.preset == "none":
        return "as written" if is_changed else "none"
    return f"{scenario.preset}, changed" if is_changed else scenario.preset


def overlay_of(scenario: ScenarioConfig, market: MarketConfig) -> ScenarioConfig:
    """The scenario in full: its preset's numbers, with those written beside it, for this market's assets.

    A pin beside a preset replaces the preset's of the same asset; shocks, windows, jumps and drifts are added.
    """
    if scenario.preset == "none":
        return scenario
    preset = ScenarioConfig.model_validate(_preset(scenario.preset, market.index))
    written = scenario.model_dump(exclude_unset=True, exclude={"preset", *_ADDED, "pins", "others", "drift_ann_frac"})
    own = {pin.asset for pin in scenario.pins}
    return preset.model_copy(
        update=written
        | {
            "pins": (*(pin for pin in preset.pins if pin.asset not in own), *scenario.pins),
            "others": scenario.others if "others" in scenario.model_fields_set else preset.others,
            "drift_ann_frac": preset.drift_ann_frac | scenario.drift_ann_frac,
        }
        | {key: (*getattr(preset, key), *getattr(scenario, key)) for key in _ADDED}
    )


def _preset(name: str, index: str) -> dict[str, Any]:
    """A preset's table, with the market's index in the place of `INDEX`."""
    table: dict[str, Any] = tomllib.loads((PRESETS_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    for entry in [entry for key in ("pins", "others", *_ADDED) for entry in table.get(key, [])]:
        if entry.get("asset") == INDEX:
            entry["asset"] = index
    return table


def with_others(market: MarketConfig, overlay: ScenarioConfig) -> MarketConfig:
    """`market` with the sellers outside the funds that `overlay` (a scenario in full) brings to assets that trade."""
    assets = list(market.assets)
    for forced in overlay.others:
        others = Others.model_validate(forced.model_dump(exclude={"asset"}))
        for j, asset in enumerate(assets):
            if asset.trading and (forced.asset == asset.name or (forced.asset is None and asset.is_risky)):
                assets[j] = asset.model_copy(update={"trading": asset.trading.model_copy(update={"others": others})})
    return market.model_copy(update={"assets": tuple(assets)})


def scenario_problems(scenario: ScenarioConfig, market: MarketConfig) -> list[Problem]:
    """What is wrong between a scenario in full (`overlay_of`) and the market, placed in [scenario]."""
    known = {asset.name: asset for asset in market.assets}
    return [
        *_unknown_assets(scenario, known),
        *_untraded_sales(scenario.others, known),
        *_factor_problems(scenario.pins, known),
        *_residual_problems(scenario.pins, known),
        *_stress_problems(scenario, market),
    ]


def _unknown_assets(scenario: ScenarioConfig, known: Mapping[str, AssetConfig]) -> list[Problem]:
    named: list[tuple[tuple[str | int, ...], str]] = [
        (("drift_ann_frac", name), name) for name in scenario.drift_ann_frac
    ]
    named += [
        ((key, i, "asset"), entry.asset)
        for key in ("pins", "others", *_ADDED)
        for i, entry in enumerate(getattr(scenario, key))
        if entry.asset is not None
    ]
    return [
        Problem(place, f"no asset {name!r}; write one of {', '.join(known)}")
        for place, name in named
        if name not in known
    ]


def _untraded_sales(others: Sequence[Forced], known: Mapping[str, AssetConfig]) -> list[Problem]:
    """Sellers of an asset without a volume: they would sell nothing, without a word."""
    untraded = {name for name, asset in known.items() if asset.trading is None}
    return [
        Problem(("others", i, "asset"), f"{forced.asset} has no trading, so nobody knows what of it can be sold; write "
                "its trading.adv, or leave these sellers out")
        for i, forced in enumerate(others)
        if forced.asset in untraded
    ]


def _factor_problems(pins: Sequence[Pin], known: Mapping[str, AssetConfig]) -> list[Problem]:
    """A pinned asset that follows another is pinned with it."""
    pinned = {pin.asset for pin in pins}
    factors = [known[pin.asset].factor_name if pin.asset in known else None for pin in pins]
    return [
        Problem(
            ("pins", i, "asset"),
            f"{pin.asset} follows {factor}, which is not pinned; pin {factor} as well",
        )
        for i, (pin, factor) in enumerate(zip(pins, factors, strict=True))
        if factor is not None and factor not in pinned
    ]


def _residual_problems(pins: Sequence[Pin], known: Mapping[str, AssetConfig]) -> list[Problem]:
    """Days of residuals are drawn whole: none can be drawn given what one asset did."""
    drawn = [name for name, asset in known.items() if _draws_residuals(asset)]
    return [
        Problem(
            ("pins", i, "asset"),
            f"{pin.asset} draws days of residuals with {', '.join(drawn)}, which cannot be "
            f"drawn given its path; give {pin.asset} a law of its own",
        )
        for i, pin in enumerate(pins)
        if pin.asset in drawn and len(drawn) > 1
    ]


def _stress_problems(scenario: ScenarioConfig, market: MarketConfig) -> list[Problem]:
    """Stress without a correlation to act on would leave the market as it is, without a word."""
    if scenario.correlation_stress == 0.0 or market.dependence is not None:
        return []
    return [
        Problem(
            ("correlation_stress",),
            "moves the correlation of [market.dependence], and there is none; write one (correlation = 0.0 for assets "
            "that are independent), or drop the stress",
        )
    ]


def _draws_residuals(asset: AssetConfig) -> bool:
    law = asset.innovation or asset.calibrate
    return law is not None and law.distribution == "filtered-historical"
