"""Numbers of a history, by hand and against plain loops."""

import numpy as np

from backstop.market.path_statistics import LAGS, STATISTICS, statistics_of

NAMES = [one.name for one in STATISTICS]


def of(returns):
    return dict(zip(NAMES, statistics_of(np.column_stack([returns, returns[::-1]]))[:, 0], strict=True))


def test_every_statistic_is_what_its_meaning_says():
    x = 0.02 * np.random.default_rng(2).standard_t(4, 600)
    found, off, size = of(x), x - x.mean(), np.abs(x)
    assert np.isclose(found["volatility"], np.sqrt(252 * np.mean(off**2)))
    assert np.isclose(found["kurtosis"], np.mean(off**4) / np.mean(off**2) ** 2)
    assert np.isclose(found["skewness"], np.mean(off**3) / np.mean(off**2) ** 1.5)
    for lag in LAGS:
        s = size - size.mean()
        expected = sum(s[t] * s[t - lag] for t in range(lag, 600)) / sum(s**2)
        assert np.isclose(found[f"memory_{lag}"], expected)
    assert found["worst_day"] == x.min()
    assert np.isclose(found["worst_20_days"], min(x[t : t + 20].sum() for t in range(581)))
    stormy = [np.sqrt(252 / 20 * (x[t : t + 20] ** 2).sum()) > 0.35 for t in range(581)]
    assert np.isclose(found["stormy_days"], np.mean(stormy))


def test_the_largest_fall_counts_the_opening_as_a_high():
    x = np.zeros(200)
    x[0] = np.log(0.8)
    assert np.isclose(of(x + 1e-12 * np.arange(200))["max_drawdown"], 0.2)
    x = np.zeros(200)
    x[[10, 20, 30]] = np.log(2.0), np.log(0.5), np.log(0.9)
    assert np.isclose(of(x)["max_drawdown"], 0.55)


def test_histories_do_not_touch_each_other():
    x = 0.02 * np.random.default_rng(3).standard_normal((500, 3))
    together = statistics_of(x)
    for h in range(3):
        np.testing.assert_allclose(together[:, [h]], statistics_of(x[:, [h]]), rtol=1e-12)
