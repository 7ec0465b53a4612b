import pytest

from backstop.report.amounts import amount, interval, percent, shown


@pytest.mark.parametrize(("value", "text"), [
    (0.0, "0"), (0.0004, "< 1"), (-0.3, "> -1"), (1.0, "1"), (12.34, "12.3"), (999.4, "999"), (999.7, "1.00k"),
    (1e3, "1.00k"), (12_345.0, "12.3k"), (1.4e9, "1.40bn"), (-823e6, "-823m"), (999.96e9, "1.00tn"),
    (1.5e15, "1,500tn"),
])
def test_an_amount_has_three_digits_and_a_scale(value, text):
    assert amount(value) == text
    assert amount(value, "CNY") == f"{text} CNY"


@pytest.mark.parametrize(("value", "text"), [
    (0.0, "0.0 %"), (0.2419, "24.2 %"), (0.0056, "0.56 %"), (0.00012, "0.012 %"), (-5e-5, "-0.005 %"),
    (-1e-9, "0.000 %"),
])
def test_a_share_is_in_per_cent_and_nothing_has_no_sign(value, text):
    assert percent(value) == text


@pytest.mark.parametrize(("value", "text"), [(14.23, "14.2"), (0.00843, "0.00843"), (999.6, "1,000"), (17e2, "1,700")])
def test_days_and_counts_are_never_powers_of_ten(value, text):
    assert shown(value, "days") == shown(value, "count") == text


def test_an_interval_is_written_only_where_it_has_both_ends():
    assert interval(1.4e9, 1.66e9, "currency") == "1.40bn to 1.66bn"
    assert interval(-6e-5, 0.0, "frac") == "-0.006 % to 0.0 %"
    assert interval(None, 2.0, "days") == interval(1.0, None, "days") == ""
