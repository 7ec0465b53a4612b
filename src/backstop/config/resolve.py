"""`resolve`: the only way from a config to what kernels read; all units end here.

Annual rates become a 252nd part a day (simple interest), years become samples of 21 days, money becomes whole
quanta, names become positions.
"""

from collections.abc import Sequence

from backstop.config.channels import switched
from backstop.config.counterfactuals import counterfactuals_of, without_facilities
from backstop.config.facility.purchase import MarketPurchase
from backstop.config.facility.resolve import resolve_facilities
from backstop.config.facility.resolve_contract import resolve_admission, resolve_advances, resolve_covenants
from backstop.config.facility.resolve_instruments import resolve_compensations, resolve_guarantees, resolve_purchases
from backstop.config.facility.resolve_triggers import longest_fund_window, resolve_triggers
from backstop.config.facility.section import Facility
from backstop.config.funds.resolve import resolve_funds, resolve_investors
from backstop.config.funds.resolve_evaluation import resolve_evaluation
from backstop.config.funds.resolve_leverage import resolve_leverage
from backstop.config.funds.resolve_solvency import resolve_solvency
from backstop.config.funds.risk import at_risk, multipliers_of
from backstop.config.market.inputs import MarketInputs
from backstop.config.market.resolve import resolve_market
from backstop.config.market.scenario import overlay_of, with_others
from backstop.config.pool.resolve import resolve_members, resolve_pool, resolve_rationing
from backstop.config.prices.resolve import resolve_prices
from backstop.config.prices.resolve_feedback import resolve_feedback
from backstop.config.prices.resolve_replay import resolve_replay
from backstop.config.resolve_judging import alone, resolve_judging
from backstop.config.schema import Config
from backstop.config.study import NO_FACILITY
from backstop.terms import ArmTerms, Names, PriceTerms, RunTerms


def resolve(config: Config, inputs: MarketInputs) -> RunTerms:
    """Terms of a run: one market, arm ``none``, counterfactuals and the config's arms.

    Parameters
    ----------
    config
        With explicit market parameters, as `backstop.market.prepare` leaves them.
    inputs
        Series by asset: history before day 1, pinned returns, residual rows.
    """
    designs = [config.for_arm(arm) for arm in config.arms]
    has_buyers = any(has_buyers_in(design) for design in (config, *designs))
    market = resolve_market(config.market, config.scenario, inputs, config.run.days)
    overlay = overlay_of(config.scenario, config.market)
    prices = resolve_prices(with_others(config.market, overlay), config.money.quantum, has_buyers)
    prices = prices._replace(feedback=resolve_feedback(config.market, market),
                             replay=resolve_replay(config.market, overlay, inputs, config.run.days))

    def resolved(design: Config, facilities: Sequence[str]) -> ArmTerms:
        """The arm of a design with these facilities, in the market of the run."""
        return _resolve_arm(design, facilities, prices, inputs)

    none = resolved(config, ()) if config.arms else alone(resolved(config, ()))
    bare = [resolved(without_facilities(config, design), ()) if arm.changes_funds else none
            for arm, design in zip(config.arms, designs, strict=True)]
    extra, counterfactuals = counterfactuals_of(config.arms, bare, none)
    own = [resolved(design, arm.facilities) for arm, design in zip(config.arms, designs, strict=True)]
    return RunTerms(
        market=market,
        arms=(none, *extra.values(), *own),
        names=_names(config, list(extra)),
        counterfactuals=counterfactuals,
        n_days=config.run.days,
        quantum=config.money.quantum,
    )


def has_buyers_in(design: Config) -> bool:
    """Whether a fund, a facility, or somebody outside buys in the market."""
    return (
        any(fund.may_buy for fund in design.cohorts)
        or any(isinstance(facility.terms, MarketPurchase) for facility in design.facilities)
        or any(asset.trading is not None and asset.trading.buyers is not None for asset in design.market.assets)
    )


def _names(config: Config, extra: Sequence[str]) -> Names:
    without: list[tuple[str, ...]] = [()] * (1 + len(extra))
    return Names(
        assets=tuple(asset.name for asset in config.market.assets),
        funds=tuple(fund.name for fund in config.cohorts),
        facilities=(*without, *(arm.facilities for arm in config.arms)),
        layers=tuple(layer.name for layer in config.pool.layers),
        arms=(NO_FACILITY, *extra, *(arm.name for arm in config.arms)),
    )


def _resolve_arm(design: Config, facility_names: Sequence[str], prices: PriceTerms, inputs: MarketInputs) -> ArmTerms:
    """One arm: `design` has its overrides applied, `facility_names` are in force in this order."""
    by_name = {facility.name: facility for facility in design.facilities}
    facilities: list[Facility] = [by_name[name] for name in facility_names]
    quantum, cohorts = design.money.quantum, design.cohorts
    funds = resolve_funds(cohorts, design.market, inputs, quantum, longest_fund_window(facilities))
    arm = ArmTerms(
        prices=prices,
        funds=funds,
        leverage=resolve_leverage(cohorts, [asset.name for asset in design.market.assets], quantum),
        investors=resolve_investors(cohorts),
        evaluation=resolve_evaluation(cohorts, design.market, inputs, design.run.days),
        solvency=resolve_solvency(cohorts, [asset.name for asset in design.market.assets]),
        triggers=resolve_triggers(facilities, design.market, inputs, design.run.days),
        facilities=resolve_facilities(facilities, design),
        advances=resolve_advances(facilities, design.pool, quantum),
        admission=resolve_admission(facilities),
        covenants=resolve_covenants(facilities),
        rationing=resolve_rationing(facilities, design.pool, quantum),
        members=resolve_members(facilities, design),
        purchase=resolve_purchases(facilities, design),
        compensation=resolve_compensations(facilities, design, funds.nav_open),
        guarantee=resolve_guarantees(facilities),
        pool=resolve_pool(design.pool, design.market.cash_rate_ann_frac, quantum),
        judging=resolve_judging(design, funds, inputs),
    )
    return switched(at_risk(arm, multipliers_of(cohorts)), design.channels)
