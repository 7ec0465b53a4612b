"""One small run that many tests read, and edits of its config."""

import pytest

from commands import SMALL, run_here


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A finished run of the small config: its folder and how the command ended."""
    folder = tmp_path_factory.mktemp("cli") / "run"
    return folder, run_here("run", SMALL, "-o", folder)


@pytest.fixture
def edited(tmp_path):
    """The small config with one text in the place of another."""

    def edit(old, new):
        text = SMALL.read_text()
        assert old in text
        path = tmp_path / "edited.toml"
        path.write_text(text.replace(old, new))
        return path

    return edit
