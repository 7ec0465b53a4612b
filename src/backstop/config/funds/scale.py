"""Whether amounts of funds, market and pool seem to be in one unit: said, as small funds may be meant."""

from backstop.config.schema import Config

THIN_DAY = 0.005
"""Of a day's volume, all that funds hold of an asset: less moves no price, and is a slip in a unit first. [ours]"""
VAST_POOL = 10.0
"""Times what all funds are worth. [ours]"""
_REMEDY = 'look for amounts in another unit, such as nav in 万元 (write unit = "万元" beside file)'


def scale_findings(config: Config) -> tuple[str, ...]:
    """What is odd about the sizes of funds beside volumes and pool, a line each."""
    total = sum(fund.count * fund.nav for fund in config.cohorts)
    found = []
    shares = _shares_of_volume(config)
    if shares and max(shares.values()) < THIN_DAY:
        asset = max(shares, key=lambda name: shares[name])
        found.append(f"funds: nav: all funds hold {shares[asset]:.2g} of a day's volume (adv) of {asset}, and less "
                     f"of all other assets, so that sales move no price; {_REMEDY}")
    pool = sum(layer.size for layer in config.pool.layers)
    if pool > VAST_POOL * total:
        found.append(f"funds: nav: the pool of {pool:.3g} is {pool / total:,.0f} times the {total:.3g} that all funds "
                     f"are worth; {_REMEDY}")
    return tuple(found)


def _shares_of_volume(config: Config) -> dict[str, float]:
    """What all funds hold of each traded asset, over a day's volume of it."""
    shares = {}
    for asset in config.market.assets:
        held = sum(fund.count * fund.nav * fund.holdings.get(asset.name, 0.0) for fund in config.cohorts)
        if asset.trading is not None and held > 0.0:
            shares[asset.name] = held / asset.trading.adv
    return shares
