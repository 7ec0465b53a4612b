"""The table and the curve of triggers, cell by cell."""

from backstop.answers.estimators import Estimate
from backstop.answers.thresholds import HIT_RATE, Figure, Quality
from backstop.report.quality import print_quality


def figure(arm, metric, estimate, unit="frac", lower=None, upper=None, note=None, values=None):
    return Figure(arm, values or {}, metric, unit, estimate, lower, upper, note)


def printed(capsys, *figures, area=None):
    print_quality(Quality(list(figures), area))
    return capsys.readouterr().out


def test_shares_are_in_per_cent_and_days_as_they_are_with_their_ends(capsys):
    out = printed(capsys, figure("fund", HIT_RATE, 0.25, lower=0.208, upper=0.305),
                  figure("fund", "breach_to_cash", 4.5, "days", 3.25, 6.0),
                  figure("fund", "false_alarm_days", 0.5))
    assert "20.8..30.5" in out
    assert "3.25..6" in out
    assert "325" not in out
    # the third has no ends, the others of the row no figure
    assert out.count("..") == 2
    assert "-" in out.split("fund", 1)[1]


def test_what_rests_on_little_has_a_star_and_the_reason(capsys):
    out = printed(capsys, figure("fund", HIT_RATE, 0.25, note="few: 3 of 40 paths"))
    assert "25.0 % *" in out
    assert "* rests on little: few: 3 of 40 paths" in out


def curve_of(out):
    """Rows of the curve, the topmost first."""
    return [line[2:] for line in out.splitlines() if line.startswith("| ")]


def test_the_curve_has_a_letter_for_each_row_hits_upward_and_false_alarms_to_the_right(capsys):
    swept = [figure(f"a{n}", metric, value, values={"key.at_least": float(n)})
             for n, values in enumerate(((1.0, 1.0), (0.0, 0.0), (0.4, 0.5)))
             for metric, value in zip((HIT_RATE, "false_alarm_days"), values, strict=True)]
    lines = curve_of(printed(capsys, *swept, area=Estimate(0.5, 0.4, 0.6)))
    assert len(lines) == 16
    assert (lines[0][60], lines[15][0]) == ("a", "b")
    # 0.4 of 15 rows up, half of 60 to the right
    assert lines[15 - 6][30] == "c"
    # who knows nothing is on the diagonal
    assert lines[15 - 1][4] == "."


def test_without_an_area_there_is_no_curve(capsys):
    out = printed(capsys, figure("fund", HIT_RATE, 1.0), figure("fund", "false_alarm_days", 0.1))
    assert curve_of(out) == []
    assert "area" not in out


def test_values_that_change_nothing_are_named_from_the_first_to_the_last(capsys):
    swept = [figure(f"a{n}", HIT_RATE, 0.5, values={"key.at_least": 0.1 * n}) for n in (1, 2, 3)]
    print_quality(Quality(swept, None)._replace(does_nothing=True))
    assert "no value from 0.1 to 0.3 changes" in " ".join(capsys.readouterr().out.split())
