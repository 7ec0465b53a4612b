"""What a wheel for a platform carries is found by who installs it, and is of the shipped configs alone."""

import pytest

from backstop.config.text.examples import FOLDER
from backstop.kernels.machine import cache
from backstop.market import calibration
from backstop.runs.assemble import assemble
from backstop.runs.ship import ship_fits


def refuse(*_asked):
    raise AssertionError("a fit that is carried is made again")


@pytest.fixture
def carried(tmp_path, monkeypatch):
    """The folder of fits that a wheel carries; the cache of who made it has a fit of its own."""
    own = tmp_path / "own" / "backstop" / "fits"
    own.mkdir(parents=True)
    (own / "mine.json").write_text("{}")
    own.parent.chmod(0o700)
    monkeypatch.setenv("BACKSTOP_CACHE_DIR", str(tmp_path / "own"))
    ship_fits(tmp_path / "shipped" / "fits")
    return tmp_path / "shipped"


def test_a_new_user_of_the_wheel_makes_no_fit_of_a_shipped_config(carried, tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "SHIPPED", carried)
    monkeypatch.setenv("BACKSTOP_CACHE_DIR", str(tmp_path / "new"))
    monkeypatch.setattr(calibration, "_fitted", refuse)
    assert any(assemble(path).request.fits for path in sorted(FOLDER.glob("*.toml")))


def test_fits_of_who_made_the_wheel_stay_at_home(carried):
    names = [path.name for path in (carried / "fits").iterdir()]
    assert names
    assert "mine.json" not in names
