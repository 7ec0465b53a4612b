"""Steps 5, 8 and 12 of docs/model.md: insurers who sell to keep their solvency."""

import math

from oracle.state import Path
from oracle.state_funds import Fund, Insurer

QUARTER = 63


def review(insurer: Insurer) -> None:
    """The factors that hold for the next quarter."""
    rows = zip(insurer.ages, insurer.held_days, insurer.factors, insurer.held_factors, strict=True)
    insurer.counted = [held if age >= days else factor for age, days, factor, held in rows]


def fall_short(path: Path, fund: Fund) -> None:
    """Step 5: the share of risk that must go."""
    insurer = fund.insurer
    if insurer is None:
        return
    required = math.fsum(factor * units * asset.price for factor, units, asset
                         in zip(insurer.counted, fund.units, path.assets, strict=True))
    room = (fund.nav - insurer.liability * fund.shares) / insurer.target - insurer.other_required * fund.shares
    insurer.share = min(max(1.0 - room / required, 0.0), 1.0) if required > 0.0 else 0.0
    path.gauge.fire("insolvent by regulation", insurer.share > 0.0)
    path.gauge.note_near(0.0 < insurer.share * fund.risky < 16.0)


def grow_older(path: Path, fund: Fund, t: int) -> None:
    """Step 12."""
    insurer = fund.insurer
    if insurer is None:
        return
    for j, (before, now) in enumerate(zip(insurer.units_before, fund.units, strict=True)):
        kept = min(before, now) / max(before, now) if max(before, now) > 0.0 else 0.0
        insurer.ages[j] = min(insurer.ages[j] * kept + 1.0, insurer.most_days[j])
    insurer.units_before = list(fund.units)
    if t % QUARTER == 0:
        before = insurer.counted
        review(insurer)
        path.gauge.fire("held for long", insurer.counted != before)
        path.gauge.note_near(any(abs(age - days) < 1e-6 for age, days in
                                 zip(insurer.ages, insurer.held_days, strict=True)))
