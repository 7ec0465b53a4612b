"""The table of known answers: labels and figures stand in columns as wide in every case."""

from backstop.report.validation_table import _figures


def test_columns_are_as_wide_in_every_table_and_within_110_characters():
    widths = [column.width for column in _figures([]).columns]
    assert widths == [52, 12, 12, 12, 12, 8]
    assert sum(widths) <= 110
