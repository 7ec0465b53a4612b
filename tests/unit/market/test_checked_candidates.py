"""What a check asks of histories beside what it always asks."""

import numpy as np

from backstop.market.checked_candidates import key_days_of
from commands import SMALL


def test_the_share_of_days_on_which_a_key_may_open_is_that_of_each_history():
    statistic, of = key_days_of(SMALL)
    assert (statistic.name, statistic.unit) == ("key_days", "frac")
    # a tenth below the high since 60 days ago: never in the first history; in the second for 60 days after a fall by
    # a fifth, as long as the close before it is looked at
    returns = np.zeros((300, 2))
    returns[100, 1] = np.log(0.8)
    np.testing.assert_allclose(of(returns), [0.0, 60 / 300])
