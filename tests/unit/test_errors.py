"""What errors show of files: nothing that steers a terminal or reads otherwise than it is."""

import pytest

from backstop.errors import ConfigError, DataError, visible


@pytest.mark.parametrize(("text", "shown"), [
    ("\x1b[2J", "\\x1b[2J"), ("a\x07", "a\\x07"), ("x\u202ey", "x\\u202ey"), ("x\u200by", "x\\u200by"),
    ("\x9b31m", "\\x9b31m"), ("a\tb", "a\\tb"), ("华夏 成长", "华夏 成长"), ("a\u3000b", "a\u3000b"),
])
def test_what_is_no_glyph_is_written_out(text, shown):
    assert visible(text) == shown


def test_every_error_of_ours_is_fit_to_be_printed():
    assert str(DataError("a\x1bb\nc")) == "a\\x1bb\nc"
    assert ConfigError(["a\x9bb", "c"]).lines == ["a\\x9bb", "c"]
