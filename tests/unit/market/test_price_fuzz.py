"""Price files in forms drawn at random, some of them damaged: read as they were written, or refused.

The long form is ``python -m price_fuzz 2000``.
"""

import pytest

from price_fuzz import check


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_files_are_read_as_they_were_written_or_refused(tmp_path, first):
    verdicts = [check(seed, tmp_path) for seed in range(first, first + 20)]
    assert [wrong for _, _, wrong in verdicts if wrong] == []
    assert {ended for ended, _, _ in verdicts} == {"read", "refused"}
