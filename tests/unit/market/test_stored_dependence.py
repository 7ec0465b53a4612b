"""A dependence on disk: the same bits, made once, and nothing that cannot be trusted."""

import json

import numpy as np
import pytest

from backstop.market import stored_dependence as module
from backstop.market.calibration import calibrate
from backstop.market.data import make_returns
from backstop.market.dependence_fit import DEPENDENCES, fit_dependence
from backstop.market.specification import CalibrationSpec


@pytest.fixture(scope="module")
def fits():
    """Two series whose correlation moves slowly."""
    rng = np.random.default_rng(3)
    rho = 0.5 + 0.4 * np.sin(np.arange(1500) / 100)
    first, second = rng.standard_normal((2, 1500))
    values = 0.01 * np.column_stack([first, rho * first + np.sqrt(1 - rho**2) * second])
    days = np.datetime64("2000-01-03") + np.arange(1500)
    spec = CalibrationSpec("constant", "normal")
    return [calibrate(spec, make_returns(name, days, column), use_cache=False)
            for name, column in zip("ab", values.T, strict=True)]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("BACKSTOP_CACHE_DIR", str(tmp_path))
    return tmp_path / "backstop" / "fits"


def same(one, other):
    return all(np.array_equal(getattr(one, field), getattr(other, field)) for field in vars(one))


@pytest.mark.parametrize("dependence", [name for name in DEPENDENCES if name not in ("adcc", "t-copula")])
def test_the_second_time_it_is_read_to_the_last_bit(folder, fits, monkeypatch, dependence):
    first = module.stored_dependence(fits, dependence)
    assert same(first, fit_dependence(fits, dependence))
    monkeypatch.delattr(module, "fit_dependence")
    assert same(module.stored_dependence(fits, dependence), first)


def test_other_series_or_models_are_other_fits(folder, fits):
    module.stored_dependence(fits, "ccc")
    module.stored_dependence(fits, "gaussian-copula")
    module.stored_dependence(fits[::-1], "ccc")
    assert len(list(folder.iterdir())) == 3


@pytest.mark.parametrize("spoil", [
    lambda content: content | {"correlation": [[1.0]]}, lambda content: content | {"key": "another"},
    lambda content: content | {"correlation": [[1.0, 2.0], [2.0, 1.0]]},
    lambda content: {key: value for key, value in content.items() if key != "n_days"}, lambda content: [],
])
def test_a_spoilt_file_is_fitted_again(folder, fits, spoil):
    whole = module.stored_dependence(fits, "dcc")
    (file,) = folder.iterdir()
    file.write_text(json.dumps(spoil(json.loads(file.read_text()))))
    assert same(module.stored_dependence(fits, "dcc"), whole)
