import pytest

from bench import looks


@pytest.mark.parametrize("spending", ["equal", "late"])
@pytest.mark.parametrize("law", looks.LAWS)
def test_where_looks_stop_the_error_is_what_was_promised(law, spending):
    found = looks.repeat(looks.LAWS[law], 0.1, spending, 60)
    assert found.n_met == 60
    # of 60 that keep it with 95 % each, fewer than 51 do once in four hundred
    assert found.kept >= 51 / 60


def test_stopping_at_every_look_by_the_interval_of_one_keeps_it_less_often(monkeypatch):
    law = looks.LAWS["event 5 %"]._replace(mean=0.05)
    honest = looks.repeat(law, 0.05, "equal", 60)
    monkeypatch.setattr(looks, "widths", lambda shares, spending: [0.5] * len(shares))
    assert looks.repeat(law, 0.05, "equal", 60).kept < honest.kept


def test_the_command_prints_a_line_for_each_law_and_rule(capsys):
    looks.main(["--runs", "3", "--error", "0.3"])
    assert len(capsys.readouterr().out.splitlines()) == 2 + 2 * len(looks.LAWS)
