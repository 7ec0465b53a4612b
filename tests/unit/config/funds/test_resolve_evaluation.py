"""Calendar years and peers become terms."""

import numpy as np
import pytest

from ashare import config_with, resolved
from backstop.config.market.inputs import MarketInputs
from backstop.config.resolve import resolve
from backstop.errors import ConfigError

TO_DATE = "funds.active-equity.evaluation.ladder=[{ year_to_date = true, weight = 1.0 }]"
AGAINST_PEERS = ('funds.insurers.evaluation.peers=["pensions", "technology-funds", "insurers"]',
                 "funds.insurers.evaluation.benchmark_frac=1.0")


def evaluation_of(inputs, *settings):
    return resolve(config_with(*settings), inputs).arms[0].evaluation


def test_without_dates_a_year_begins_on_day_one_and_every_252_days():
    assert resolved(TO_DATE).arms[0].evaluation.year_starts.tolist() == [1.0, 253.0, 505.0]


def test_a_year_begins_by_real_dates_as_far_as_they_are_known():
    calendar = ("2015-12-30", "2015-12-31", "2016-01-04", "2016-01-05")
    closes = np.exp(0.01 * np.arange(-20, 1))
    inputs = MarketInputs(history={"csi300": closes}, calendar=calendar, days_of_year=9)
    evaluation = evaluation_of(inputs, TO_DATE, "funds.active-equity.holdings={ csi300 = 1.0 }")
    assert evaluation.year_starts.tolist() == [-8.0, 3.0, 255.0, 507.0]
    assert evaluation.log_year_end[3] == pytest.approx(-0.09)
    assert evaluation.log_index_year_end[3] == pytest.approx(-0.09)
    assert evaluation.is_year_known.tolist() == [1, 1, 1, 1]
    assert evaluation.is_year_to_date.tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, 0], [1, 0, 0]]


def test_a_past_that_is_too_short_does_not_know_the_end_of_last_year():
    inputs = MarketInputs(history={"csi300": np.ones(6)}, days_of_year=9)
    assert evaluation_of(inputs, TO_DATE, "funds.pensions.history=flat").is_year_known.tolist() == [0, 1, 0, 0]


def test_rungs_with_the_same_peers_and_window_share_a_comparison():
    pensions = ('funds.pensions.evaluation.peers=["insurers", "technology-funds", "pensions"]',
                "funds.pensions.evaluation.benchmark_frac=0.5")
    evaluation = resolved(*AGAINST_PEERS, *pensions).arms[0].evaluation
    assert evaluation.rung_comparison.tolist() == [[0, 1, 2], [1, -1, -1], [-1, -1, -1], [-1, -1, -1]]
    assert evaluation.is_peer.tolist() == [[1, 1, 1, 0]] * 3
    assert evaluation.comparison_samples.tolist() == [12, 36, 60]


def test_a_score_against_peers_reaches_as_far_back_as_theirs():
    history = {"csi300": np.exp(np.linspace(-0.3, 0.0, 21 * 14 + 1))}
    evaluation = resolved(*AGAINST_PEERS, "funds.insurers.history=flat", history=history).arms[0].evaluation
    assert evaluation.n_history.tolist() == [14, 14, 14, 14]


@pytest.mark.parametrize(("settings", "message"), [
    ((AGAINST_PEERS[0],), "peers: are no benchmark while benchmark_frac is 0"),
    (("funds.insurers.evaluation.peers=[\"pension\"]", AGAINST_PEERS[1]), "there is no fund 'pension'; did you mean"),
    (("funds.insurers.evaluation.peers=[\"insurers\"]", AGAINST_PEERS[1]), "'insurers' has no peers but itself"),
    (("funds.insurers.evaluation.ladder=[{ weight = 1.0 }]",), "needs one window"),
    (("funds.insurers.evaluation.ladder=[{ years = 1, year_to_date = true, weight = 1.0 }]",), "needs one window"),
])
def test_what_cannot_be_judged_is_refused(settings, message):
    with pytest.raises(ConfigError, match=message):
        resolved(*settings)
