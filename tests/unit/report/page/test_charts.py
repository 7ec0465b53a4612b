"""What a chart draws apart: groups where there are several, points for a pointer where there is one."""

import pytest

from backstop.report.page.charts import SCREENS, Range, level, lines, ranges


@pytest.mark.parametrize("groups", [["one"], ["one", "two"]])
def test_groups_have_places_and_a_legend_of_their_own_where_there_are_several(groups):
    rows = [Range("cost", group, 1.0, 0.5, 2.0, "1.0") for group in groups]
    points = next(layer for layer in ranges(rows, SCREENS["wide"], ".2~s")["layer"] if layer["mark"]["type"] == "point")
    assert ("yOffset" in points["encoding"]) == (len(groups) > 1)
    assert (points["encoding"]["color"]["legend"] is not None) == (len(groups) > 1)


@pytest.mark.parametrize("screen", SCREENS.values())
def test_points_are_shown_to_a_pointer_where_there_is_one(screen):
    layers = lines([{"x": 1.0, "y": 2.0, "low": 1.0, "high": 3.0, "group": "one"}], ["one"], screen, {}, {})["layer"]
    assert [layer["mark"]["type"] for layer in layers] == ["area", "line", *["point"] * screen.has_pointer]


def test_a_level_is_a_dashed_line_with_its_words_at_its_height():
    (drawn,) = level(3.0, "all", SCREENS["wide"])
    line, words = drawn["layer"]
    assert (line["mark"]["type"], line["mark"]["strokeDash"], words["mark"]["type"]) == ("rule", [5, 4], "text")
    assert drawn["data"]["values"] == [{"y": 3.0, "text": "all"}]
