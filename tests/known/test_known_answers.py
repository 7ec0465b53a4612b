"""Every known answer that `backstop validate` prints."""

import pytest

from backstop.validation.known import CASES, run_case


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_engine_gives_the_known_answer(case):
    results = run_case(case)
    if results[0].verdict == "skipped":
        pytest.skip(results[0].note)
    wrong = [(r.label, r.expected, r.got, r.tolerance, r.note) for r in results if r.verdict != "pass"]
    assert results
    assert not wrong
