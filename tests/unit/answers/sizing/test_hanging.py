"""What hangs on the size of a pool is named, each term by itself; what does not is not."""

import numpy as np
import pytest

from backstop.answers.sizing.hanging import hanging_terms, rounding
from backstop.answers.sizing.resize import resized
from backstop.terms import Instrument
from plain_pool import pool_terms
from toy_run import toy_arm

ARM = toy_arm(1)


def pool(**given):
    return ARM._replace(pool=pool_terms([1e6, 1.5e8], **given))


HANGING = {
    "facilities.NAME.advance.use_slope_ann_frac": ARM._replace(
        advances=ARM.advances._replace(use_slope=np.array([1e-4]))),
    "facilities.NAME.limits.capital_frac": ARM._replace(
        rationing=ARM.rationing._replace(capital_frac=np.array([0.1]))),
    "pool.layers.NAME.paid_in_frac": pool(paid_in=[1e6, 0.0]),
    "pool.layers.NAME.refill": pool(refill_times=[1.0, 0.0]),
    "pool.borrowing": pool(borrow_multiple=2.0),
    "pool.idle_yield_ann_frac": pool(idle_rate_per_day=1e-4),
    "pool.premium": ARM._replace(pool=pool_terms([1e6, 1.5e8], premium_days=21),
                                 members=ARM.members._replace(premium_frac=np.array([1e-4, 0.0]))),
    "pool.profit": pool(profit_frac=0.5),
}


def test_a_plain_pool_hangs_on_nothing():
    assert hanging_terms(ARM) == ()
    capped = ARM._replace(rationing=ARM.rationing._replace(facility_cap=np.array([1e6]), pool_cap=2e6))
    assert hanging_terms(capped) == ()


@pytest.mark.parametrize("key", HANGING)
def test_each_term_that_hangs_on_the_size_is_named(key):
    assert [term.key for term in hanging_terms(HANGING[key])] == [key]


def test_guarantees_round_by_no_more_than_a_quantum_a_fund():
    guaranteed = ARM._replace(facilities=ARM.facilities._replace(instrument=np.array([Instrument.GUARANTEE])))
    assert (rounding(ARM), rounding(guaranteed)) == (0.0, 13.0)


def test_all_layers_scale_by_one_factor_and_what_is_paid_in_with_them():
    found = resized(pool(paid_in=[1e6, 0.5e8]), 3.02e8)
    np.testing.assert_array_equal(found.pool.layer_size, [2e6, 3e8])
    np.testing.assert_array_equal(found.pool.paid_in, [2e6, 1e8])
    np.testing.assert_array_equal(found.advances.size, [3.02e8])
    assert resized(ARM, 12_345_677.0).pool.layer_size.sum() == 12_345_677.0
