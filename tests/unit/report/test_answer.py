from backstop.answers.summary import Row
from backstop.report.answer import FACILITY_CHANGES, REFORM_CHANGES, answer, same_arms, turn

CONSTANT = "few: 0 of 400 paths differ from the median"


def row(arm="fund", metric="injected", statistic="mean", n_paths=400, note=None, fund=None, estimate=2e9,
        comparison="facility", against="none"):
    return Row(arm, fund, metric, "currency", statistic, estimate, 1e9, 3e9, against, comparison, None, None, None,
               None, n_paths, note, None, None, None, None)


def of_none(**given):
    return row(arm="none", comparison=None, against=None, **given)


def lines(*rows):
    return answer(rows, "fund", ("first", "last"), 400)


def test_a_line_says_what_is_estimated_with_its_interval():
    (line,) = lines(row(), row(fund="insurers"), row(arm="other"))
    assert line[:4] == ("What does it draw?", "cash injected, mean over all paths", "2.00bn", "1.00bn to 3.00bn")
    assert set(line[4:-1]) == {""}


def test_figures_of_some_paths_say_of_how_many_and_only_thin_ones_are_noted():
    thin = "thin tail: 15 paths beyond"
    found = lines(row(metric="injected_if_active", n_paths=96), row(metric="loss", statistic="es95", note=thin))
    assert [(line.label, line.note) for line in found] == [
        ("cash injected, mean where it acts (96 paths)", ""),
        ("loss before income, mean of the worst 5 %", thin)]


def test_what_no_path_showed_reads_as_an_upper_bound_and_0_on_every_path_is_no_line():
    dry = row(metric="dry", statistic="prob", note="few: 0 of 400 paths", estimate=0.0)._replace(
        unit="bool", lower=0.0, upper=0.0092)
    loss = row(metric="loss", note=CONSTANT, estimate=0.0)._replace(lower=0.0, upper=0.0)
    of_dry, of_loss = lines(dry, loss)
    assert (of_dry.estimate, of_dry.interval, of_dry.note) == ("0 of 400", "at most 0.92 %", "")
    assert not of_dry.is_nothing
    assert of_loss.is_nothing


def test_what_all_paths_share_says_so_and_rests_on_all_of_them():
    (line,) = lines(row(metric="loss", note=CONSTANT, estimate=1e9)._replace(upper=1e9))
    assert (line.estimate, line.interval, line.note) == ("1.00bn", "on all paths", "")


def test_layers_have_a_line_each_in_their_order():
    found = lines(row(metric="loss_last"), row(metric="loss_first"))
    assert [line.label for line in found] == ["loss of layer first, mean", "loss of layer last, mean"]


def test_what_happens_with_no_facility_stands_beside_what_is_averted():
    found = lines(of_none(metric="forced_sales", estimate=9e9), row(metric="forced_sales"),
                  row(metric="sales_averted"))
    assert [(line.label, line.estimate) for line in found] == [
        ("all funds' forced sales without it, over the run, mean", "9.00bn"),
        ("all funds' forced sales averted over the run, mean", "2.00bn")]


def test_arm_none_answers_what_happens_without_a_facility_and_nothing_of_pools():
    found = answer([of_none(metric="forced_sales"), of_none(metric="loss")], "none", (), 400)
    assert [(line.question, line.label) for line in found] == [
        ("What happens without a facility?", "forced sales, mean over all paths")]


def test_days_that_did_not_settle_are_said_where_there_are_any():
    settled = of_none(metric="n_unsettled_days", estimate=0.0)
    found = lines(row(metric="n_unsettled_days", estimate=0.01), settled)
    assert [line.label for line in found] == ["days whose rounds of sales did not settle, mean"]


def test_an_arm_that_changes_funds_leads_with_its_facility_and_tells_reform_and_both_apart():
    rows = [row(metric="sales_averted", estimate=n * 1e9, comparison=comparison, against=against)
            for n, (comparison, against) in enumerate(
                (("facility", "none_fund"), ("reform", "none"), ("both", "none")), start=1)]
    found = lines(*rows, row(arm="none_fund", metric="forced_sales", estimate=9e9, comparison="reform"),
                  of_none(metric="forced_sales", estimate=7e9))
    assert [(line.question, line.estimate) for line in found] == [
        (FACILITY_CHANGES.question, "9.00bn"), (FACILITY_CHANGES.question, "1.00bn"),
        ("And the reform alone, the same funds without the facility, against none?", "2.00bn"),
        ("And both together, against none?", "3.00bn")]


def test_a_reform_has_no_lines_of_pools():
    found = lines(row(metric="sales_averted", comparison="reform"), row(metric="injected", comparison="reform"),
                  row(metric="loss", comparison="reform"))
    assert [(line.question, line.label) for line in found] == [
        (REFORM_CHANGES.question, "all funds' forced sales averted over the run, mean")]


def test_where_the_sign_turns_between_windows_and_horizon_it_is_said_with_the_horizon():
    rows = [row(metric="window_sales_averted", estimate=9e9), row(metric="relief", estimate=-2e8)]
    said = turn(rows, "fund", 504)
    assert said is not None
    for part in ("9.00bn", "-200m", "horizon of 504 days", "costs one when it is repaid"):
        assert part in said
    assert turn([rows[0], row(metric="relief")], "fund", 504) is None


def test_arms_that_come_to_the_same_in_every_figure_are_named():
    rows = [row(arm=arm, metric=metric, estimate=estimate) for arm, estimate in (("a", 1.0), ("b", 2.0), ("c", 1.0))
            for metric in ("injected", "relief")]
    assert same_arms(rows, ["a", "b", "c"]) == [("c", "a")]
