"""One small run, made by the function."""

import pytest

import backstop
from commands import SMALL


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    return backstop.run(SMALL, tmp_path_factory.mktemp("api") / "run", paths=32, overrides=["run.days=30"])
