"""A covenant that a recipe adds: from a config into terms, and the same in kernels and oracle."""

import numpy as np

from backstop.config.facility.contract import Covenants
from oracle.designs import Design
from recipes.agreement import agree

assert Covenants(derisk_per_day_frac=0.001).derisk_per_day_frac == 0.001


def bound(design: Design) -> Design:
    """Every facility has the covenant."""
    covenants = design.arm.covenants
    tight = covenants._replace(derisk_frac=np.full_like(covenants.derisk_frac, 1e-4))
    return design._replace(arm=design.arm._replace(covenants=tight))


assert agree((*range(10), 13, 17), bound)["derisking limited"]
