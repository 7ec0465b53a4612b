"""The table of designs in a scenario."""

from backstop.answers.designs import FIGURES, Figure
from backstop.report.designs import print_design_names, print_designs


def figure(scenario, design, metric, estimate, unit="bool"):
    return Figure(scenario, design, metric, "prob", unit, estimate, None, None, 100)


def test_there_is_a_table_a_scenario_a_row_a_design_and_a_dash_for_what_one_does_not_have(capsys):
    print_designs([figure("crash", "tarp", "activated", 0.25), figure("crash", "tarp", "relief", 2e9, "currency"),
                   figure("calm", "tarp", "activated", 0.03), figure("crash", "smccf", "activated", 1.0)], "EUR")
    out = capsys.readouterr().out
    crash, calm = out.split("calm, amounts in EUR")
    assert "crash, amounts in EUR" in crash
    row = next(line.split() for line in crash.splitlines() if line.startswith("tarp"))
    assert row[1:3] == ["25.0", "%"]
    assert "2.00bn" in row
    assert row.count("-") == len(FIGURES) - 2
    assert "smccf" in crash
    assert "smccf" not in calm


def test_a_design_stands_beside_its_source(capsys):
    print_design_names({"tarp": "US Treasury 2008"})
    assert capsys.readouterr().out.split("tarp")[1].strip() == "US Treasury 2008"


def test_numbers_stand_to_the_right_and_names_to_the_left(capsys):
    print_designs([figure("crash", "a", "activated", 0.25), figure("crash", "long-name", "activated", 1.0)], "EUR")
    lines = [line for line in capsys.readouterr().out.splitlines() if "%" in line]
    assert lines[0].startswith("a ")
    assert lines[0].index("25.0 %") == lines[1].index("100.0 %") + 1
