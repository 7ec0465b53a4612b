from backstop.answers.summary import Row
from backstop.report.answer import answer


def row(arm="fund", metric="injected", statistic="mean", n_paths=400, note=None, fund=None, estimate=2e9):
    return Row(arm, fund, metric, "currency", statistic, estimate, 1e9, 3e9, None, None, None, n_paths, note,
               None, None, None)


def lines(*rows):
    return answer(rows, "fund", ("first", "last"), 400)


def test_a_line_says_what_is_estimated_with_its_interval():
    (line,) = lines(row(), row(fund="insurers"), row(arm="other"))
    assert line == ("What does it draw?", "cash injected, mean over all paths", "2.00bn", "1.00bn to 3.00bn", "", "")


def test_figures_of_some_paths_say_of_how_many_and_only_thin_ones_are_noted():
    thin = "thin tail: 15 paths beyond"
    found = lines(row(metric="injected_if_active", n_paths=96), row(statistic="es95", note=thin))
    assert [(line.label, line.note) for line in found] == [
        ("cash injected, mean where it acts (96 paths)", ""),
        ("cash injected, mean of the worst 5 %", thin)]


def test_layers_have_a_line_each_in_their_order():
    found = lines(row(metric="loss_last"), row(metric="loss_first"))
    assert [line.label for line in found] == ["loss of layer first, mean", "loss of layer last, mean"]


def test_what_happens_with_no_facility_stands_beside_what_is_averted():
    found = lines(row(arm="none", metric="forced_sales", estimate=9e9), row(metric="forced_sales"),
                  row(metric="sales_averted"))
    assert [(line.label, line.estimate) for line in found] == [
        ("forced sales with no facility, mean", "9.00bn"), ("forced sales averted, mean", "2.00bn")]


def test_arm_none_answers_what_happens_without_a_facility_and_nothing_of_pools():
    found = answer([row(arm="none", metric="forced_sales"), row(arm="none", metric="loss")], "none", (), 400)
    assert [(line.question, line.label) for line in found] == [
        ("What happens without a facility?", "forced sales, mean over all paths")]


def test_days_that_did_not_settle_are_said_where_there_are_any():
    settled = row(arm="none", metric="n_unsettled_days", estimate=0.0)
    found = lines(row(metric="n_unsettled_days", estimate=0.01), settled)
    assert [line.label for line in found] == ["days whose rounds of sales did not settle, mean"]
