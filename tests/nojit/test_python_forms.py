"""The kernels against the oracle on short designs: runs with numba on and off, so that both forms agree with it."""

import pytest

from oracle.compare import differences, run_kernels, run_oracles
from oracle.designs import random_design

DAYS, LANES = 40, 3


# an asset that does not move has sigma 0, and calm_volatility / 0 is as good as any number above 1
@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_compiled_and_python_forms_agree_with_the_oracle(seed):
    whole = random_design(seed, LANES)
    cut = {name: getattr(whole, name)[:DAYS].copy() for name in ("log_return", "volatility", "ahead", "ages")}
    design = whole._replace(**cut)
    results = run_oracles(design)
    on_edge = {lane for lane, result in enumerate(results) if result.is_near}
    found = [difference for difference in differences(design, run_kernels(design), results)
             if difference.lane not in on_edge]
    assert found == []
