"""Gaming cases as they are printed."""

from backstop.answers.gaming import Case
from backstop.report.hazard import print_gaming


def test_what_a_game_earns_is_shown_with_its_sign_and_stake_and_nothing_where_there_is_none(capsys):
    print_gaming([Case("borrow and hoard", "fund", "borrows", -0.0123, "the loan", "why"),
                  Case("fail on purpose", "fund", "fails", None, "equity", "why not"),
                  Case("wait", "fund", "waits", 0.5, "the claim", "it pays")])
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert "pass  fund: borrow and hoard: -0.012 per unit of the loan" in lines
    assert "pass  fund: fail on purpose: nothing to try" in lines
    assert "FAIL  fund: wait: +0.500 per unit of the claim" in lines
