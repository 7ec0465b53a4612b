"""[market] and [scenario] into what kernels read: units a day, positions, arch's parameters as recursions."""

from backstop.config.base import Problem
from backstop.config.market.inputs import MarketInputs
from backstop.config.market.recursion import Recursion, halves_of, opening_levels, recursion_of, sample_halves
from backstop.config.market.resolve_dependence import resolve_dependence
from backstop.config.market.resolve_innovation import resolve_innovation, standardised
from backstop.config.market.resolve_overlay import resolve_jumps, resolve_overlay
from backstop.config.market.scenario import ScenarioConfig, overlay_of, scenario_problems
from backstop.config.market.section import AssetConfig, MarketConfig
from backstop.config.market.volatility import Innovation, Volatility
from backstop.config.numbers import codes, column, padded_rows
from backstop.errors import ConfigError
from backstop.terms import FactorTerms, Floats, MarketTerms, VolatilityTerms


def resolve_market(market: MarketConfig, scenario: ScenarioConfig, inputs: MarketInputs, n_days: int) -> MarketTerms:
    """The exogenous market of a run of `n_days` trading days.

    Parameters
    ----------
    market
        With explicit own risks, as `backstop.market.prepare` leaves them.
    scenario
        As written; its preset is read here.
    inputs
        ``pinned`` holds the log returns of every asset that the scenario pins to a window.

    Raises
    ------
    ConfigError
        A scenario that does not fit the market.
    """
    overlay = overlay_of(scenario, market)
    _refuse(scenario_problems(overlay, market))
    risks = [_own_risk(asset) for asset in market.assets]
    recursions = [_recursion(asset.name, *risk, inputs) for asset, risk in zip(market.assets, risks, strict=True)]
    openings = [
        opening_levels(volatility, recursion, overlay.variance_multiple)
        for (volatility, _), recursion in zip(risks, recursions, strict=True)
    ]
    lays = resolve_overlay(market, overlay, inputs, n_days)
    pinned_days = dict(zip((asset.name for asset in market.assets), lays.n_pinned.tolist(), strict=True))
    return MarketTerms(
        volatility=_volatility(recursions, openings),
        innovation=resolve_innovation(market, [law for _, law in risks], inputs),
        dependence=resolve_dependence(market, overlay.correlation_stress, pinned_days),
        factor=_factor(market),
        overlay=lays,
        jumps=resolve_jumps(market, overlay),
    )


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise ConfigError([f"scenario.{'.'.join(map(str, place))}: {message}" for place, message in problems])


def _own_risk(asset: AssetConfig) -> tuple[Volatility, Innovation]:
    if asset.volatility is None or asset.innovation is None:
        raise ConfigError([f"market.assets.{asset.name}: not calibrated yet; prepare the config first"])
    return asset.volatility, asset.innovation


def _recursion(name: str, volatility: Volatility, law: Innovation, inputs: MarketInputs) -> Recursion:
    """The model with the moments of the shocks that it will meet."""
    if name in inputs.residual_rows and law.distribution == "filtered-historical":
        return recursion_of(volatility, sample_halves(standardised(inputs.residual_rows[name]), volatility))
    return recursion_of(volatility, halves_of(law, volatility))


def _volatility(recursions: list[Recursion], openings: list[Floats]) -> VolatilityTerms:
    n_lags = max(len(recursion.up) for recursion in recursions)
    return VolatilityTerms(
        kind=codes([recursion.kind for recursion in recursions]),
        power=column([recursion.power for recursion in recursions]),
        omega=column([recursion.omega for recursion in recursions]),
        n_lags=codes([len(recursion.up) for recursion in recursions]),
        up=padded_rows([recursion.up for recursion in recursions]),
        down=padded_rows([recursion.down for recursion in recursions]),
        beta=padded_rows([recursion.beta for recursion in recursions]),
        opening=padded_rows([*(opening.tolist() for opening in openings), [0.0] * (n_lags + 1)])[:-1],
    )


def _factor(market: MarketConfig) -> FactorTerms:
    positions = {asset.name: position for position, asset in enumerate(market.assets)}
    factors = [asset.factor for asset in market.assets]
    return FactorTerms(
        asset=codes([-1 if factor is None else positions[factor.asset] for factor in factors]),
        beta=column([0.0 if factor is None else factor.beta for factor in factors]),
    )
