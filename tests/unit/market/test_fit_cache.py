"""The fits on disk: the same bits without arch, and nothing that cannot be trusted."""

import hashlib
import json
import subprocess
import sys

import numpy as np
import pytest

from backstop.market import fit_cache
from backstop.market.calibration import calibrate
from backstop.market.specification import CalibrationSpec

SPEC = CalibrationSpec("gjr", "student-t")

SECOND_START = """
import sys
from backstop.market.calibration import calibrate
from backstop.market.data import load_prices
from backstop.market.specification import CalibrationSpec
fit = calibrate(CalibrationSpec("gjr", "student-t"), load_prices("builtin:csi300"))
print(fit.estimates.tobytes().hex(), fit.covariance.tobytes().hex(), fit.variances[-1].hex(),
      float(fit.log_likelihood).hex(), "arch" in sys.modules, "pandas" in sys.modules)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("BACKSTOP_CACHE_DIR", str(tmp_path))
    return tmp_path / "backstop" / "fits"


def test_the_second_start_gives_the_same_bits_without_arch(folder):
    first, second = (subprocess.run([sys.executable, "-c", SECOND_START], capture_output=True, text=True,
                                    check=True).stdout.split() for _ in range(2))
    assert first[:4] == second[:4]
    assert (first[4], second[4:]) == ("True", ["False", "False"])


def signed(content, **changed):
    """A fit that somebody altered together with its hash."""
    named = {key: value for key, value in content.items() if key != "sha256"} | changed
    return json.dumps(named | {"sha256": hashlib.sha256(json.dumps(named, sort_keys=True).encode()).hexdigest()})


def test_files_are_private(folder, gjr_returns):
    calibrate(SPEC, gjr_returns)
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0


def test_another_sample_model_or_series_is_another_fit(gjr_returns, returns_of):
    other = returns_of(gjr_returns.values * 1.0000001)
    keys = {fit_cache.key(spec, data.content_hash) for spec in (
        SPEC, CalibrationSpec("gjr", "normal"), CalibrationSpec("gjr", last="2005-01-01"))
        for data in (gjr_returns, other)}
    assert len(keys) == 6


@pytest.mark.parametrize("spoil", [
    lambda text: text[:100], lambda text: "[]", lambda text: "null",
    lambda text: json.dumps(json.loads(text) | {"key": "another"}),
    lambda text: json.dumps(json.loads(text) | {"log_likelihood": float("nan")}),
    lambda text: json.dumps(json.loads(text) | {"covariance": [[1.0]]}),
    lambda text: json.dumps(json.loads(text) | {"variances": json.loads(text)["variances"][1:]}),
    lambda text: json.dumps(json.loads(text) | {"variances": [-v for v in json.loads(text)["variances"]]}),
    lambda text: json.dumps(json.loads(text) | {"estimates": [1.5 * v for v in json.loads(text)["estimates"]]}),
    lambda text: json.dumps(json.loads(text) | {"more": 1}),
    lambda text: signed(json.loads(text), estimates=[1e400, *json.loads(text)["estimates"][1:]]),
    lambda text: signed(json.loads(text), covariance=[[1.0]]),
    lambda text: signed(json.loads(text), variances=[-v for v in json.loads(text)["variances"]]),
])
def test_a_spoilt_file_is_fitted_again(folder, gjr_returns, spoil):
    whole = calibrate(SPEC, gjr_returns)
    (file,) = folder.iterdir()
    file.write_text(spoil(file.read_text()))
    name = fit_cache.key(SPEC, gjr_returns.content_hash)
    assert fit_cache.load(name, len(gjr_returns.values)) is None
    np.testing.assert_array_equal(calibrate(SPEC, gjr_returns).estimates, whole.estimates)
    assert fit_cache.load(name, len(gjr_returns.values)) is not None


def test_without_a_writable_folder_the_fit_is_made_each_time(monkeypatch, gjr_returns):
    monkeypatch.setenv("BACKSTOP_CACHE_DIR", "/dev/null/fits")
    with pytest.warns(RuntimeWarning, match="no writable cache folder"):
        assert calibrate(SPEC, gjr_returns).parameters.alpha[0] > 0.0
    assert fit_cache.load(fit_cache.key(SPEC, gjr_returns.content_hash), len(gjr_returns.values)) is None


def test_a_refused_fit_is_not_kept(folder, returns_of):
    from backstop.errors import CalibrationError

    heavy = returns_of(0.01 * np.random.default_rng(1).standard_cauchy(2000))
    with pytest.raises(CalibrationError):
        calibrate(CalibrationSpec("constant", "student-t"), heavy)
    assert not list(folder.glob("*"))
