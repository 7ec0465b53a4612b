"""Who has gained, of docs/model.md 12: money from the ledger, units as they changed hands."""

import math

from backstop.terms import Instrument
from oracle.ledger import CAPITAL, FUND, LENDERS, MARKET, OWNERS, POOL, SETTLING, TAXPAYER
from oracle.state import Path
from oracle.state_funds import Fund

Gains = dict[str, float | list[float]]


def of_investors(fund: Fund) -> float:
    """Of a fund's."""
    opened = fund.cash_open + math.fsum(fund.units_open) - fund.lent_open
    return fund.nav - opened + fund.redeemed - fund.subscribed


def of_banks(path: Path) -> float:
    """Claims and seized assets, less what went out beyond what came in."""
    moved = path.ledger.moved
    recalled = sum(fund.count * fund.deleveraged for fund in path.funds)
    cash = moved[FUND, LENDERS] - recalled + moved[POOL, LENDERS] - moved[LENDERS, FUND]
    owed = sum(fund.count * facility.loans[fund.index].owed for facility in path.facilities for fund in path.funds
               if facility.instrument == Instrument.GUARANTEE)
    return cash + owed + math.fsum(asset.seized_by_banks * asset.close for asset in path.assets)


def of_market(path: Path) -> float:
    """What it has bought, less what it paid."""
    moved = path.ledger.moved
    paid = moved[MARKET, FUND] + moved[MARKET, SETTLING] + moved[MARKET, POOL]
    got = moved[FUND, MARKET] + moved[POOL, MARKET]
    return math.fsum(asset.bought_by_market * asset.close for asset in path.assets) - paid + got


def of_pool(path: Path) -> float:
    """Of all behind it together."""
    pool, moved = path.pool, path.ledger.moved
    owed = 0
    for facility in path.facilities:
        is_pools = facility.instrument != Instrument.GUARANTEE
        owed += sum(fund.count * (loan.owed if is_pools else loan.premium_due)
                    for fund, loan in zip(path.funds, facility.loans, strict=True))
    stock = math.fsum(units * asset.close for facility in path.facilities
                      for units, asset in zip(facility.inventory, path.assets, strict=True))
    put_in = moved[CAPITAL, POOL] + moved[TAXPAYER, POOL]
    taken_out = moved[POOL, OWNERS] + moved[POOL, TAXPAYER]
    return pool.cash + owed + stock - pool.borrowed - put_in + taken_out


def by_owner(path: Path) -> Gains:
    """Books first; what all together have beyond them goes down the layers, or up."""
    pool = path.pool
    losses, taxpayer = [float(layer.loss) for layer in pool.layers], float(pool.taxpayer)
    paid_out = path.ledger.moved[POOL, OWNERS]
    booked = pool.surplus + paid_out - taxpayer - sum(layer.loss + layer.refilled for layer in pool.layers)
    rest, surplus = of_pool(path) - booked, float(pool.surplus)
    if rest < 0.0:
        borne = min(surplus, -rest)
        surplus, rest = surplus - borne, rest + borne
        for y, layer in enumerate(pool.layers):
            borne = min(layer.size - losses[y], -rest)
            losses[y], rest = losses[y] + borne, rest + borne
        taxpayer -= rest
    else:
        back = min(taxpayer, rest)
        taxpayer, rest = taxpayer - back, rest - back
        for y in reversed(range(len(losses))):
            back = min(losses[y], rest)
            losses[y], rest = losses[y] - back, rest - back
        surplus += rest
    return {"gain_pool_by_layer": [-loss - layer.refilled for loss, layer in zip(losses, pool.layers, strict=True)],
            "gain_owners": surplus + paid_out, "gain_taxpayer": -taxpayer}


def fund_outcomes(fund: Fund) -> dict[str, float]:
    """Of one fund."""
    return {"shares_end": fund.shares, "gain_investors": of_investors(fund), "gain_lenders": fund.lenders_interest}


def outcomes(path: Path) -> Gains:
    """Of all."""
    interest = sum(fund.count * fund.lenders_interest for fund in path.funds)
    return {"gain_investors": math.fsum(fund.count * of_investors(fund) for fund in path.funds),
            "gain_lenders": interest + path.pool.borrowing_cost, "gain_banks": of_banks(path),
            "gain_market": of_market(path), **by_owner(path)}
