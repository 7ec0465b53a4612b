"""Timing in turn, ratios, files, comparison, children: what every workload rests on."""

import sys

import numpy as np
import pytest

from bench import report, results
from bench.__main__ import options_of, parser
from bench.children import run_child
from bench.figures import OURS, Figure, compared
from bench.peers.external import figure, samplers
from bench.scaling import exponent
from bench.timing import alternate, nanoseconds, together

FIGURES = [Figure("w", "case", OURS, "ns", (1.0, 2.0, 4.0)), Figure("w", "case", "peer", "ns", (10.0, 8.0), (0.1, 0.2))]
MACHINE = {"cpu": "one", "load": "0"}


def test_contenders_take_turns_after_one_round_of_warm_up():
    order = []
    taken = alternate({name: lambda name=name: order.append(name) or len(order) for name in "ab"}, 2)
    assert order == list("ababab")
    assert taken == {"a": (3, 5), "b": (4, 6)}


def test_ratios_are_ours_over_a_peer_round_by_round():
    ours, peer = compared("w", "case", "ns", {OURS: (1.0, 2.0), "peer": (4.0, 4.0)})
    assert ours.ratios == ()
    assert peer.ratios == (0.25, 0.5)


def test_time_is_counted_in_units():
    ns = nanoseconds(lambda: sum(range(100_000)), 100_000)()
    assert 1.0 < ns < 1000.0


def test_works_run_together():
    done = []
    together([lambda: done.append(1), lambda: done.append(2)])()
    assert sorted(done) == [1, 2]


def test_a_power_law_is_found():
    sizes = [1, 2, 4, 8]
    assert exponent(sizes, [3.0 * n**1.5 for n in sizes]) == pytest.approx(1.5)


def test_figures_come_back_from_parquet(tmp_path):
    written = results.Results(MACHINE, FIGURES)
    results.write(written, tmp_path / "r.parquet")
    assert results.read(tmp_path / "r.parquet") == written


def test_a_change_is_the_ratio_of_medians_within_the_ends_of_both_spreads():
    earlier = [Figure("w", "case", OURS, "ns", (2.0, 4.0, 8.0))]
    (change,) = results.changes(FIGURES, earlier)
    assert (change.least, change.ratio, change.most) == (1.0 / 8.0, 0.5, 2.0)


def test_a_report_names_the_machine_and_every_figure():
    text = report.markdown(results.Results(MACHINE, FIGURES))
    assert "cpu: one" in text
    assert "| case | peer | ns | 9 | 8 - 10 | 1/6.67 | 1/10 - 1/5 |" in text


def test_a_comparison_says_where_machines_differ():
    text = report.comparison(results.changes(FIGURES, FIGURES), MACHINE, {"cpu": "another", "load": "5"})
    assert "cpu: another then, one now" in text
    assert "load:" not in text


def test_a_number_is_read_from_a_program():
    code = "import sys; print('{{\"ns\": ' + sys.argv[1] + '}}')"
    command = f'{sys.executable} -c "{code}" {{paths}}'.replace('"ns"', '\\"ns\\"')
    assert figure(command, "ns", {"paths": 7}) == 7.0
    assert np.isnan(figure(command, "other", {"paths": 7}))


def test_a_program_that_fails_or_measures_something_else_is_left_out(capsys):
    peers = (("broken", f"{sys.executable} -c 1/0"), ("other", f"{sys.executable} -c pass"))
    assert list(samplers(peers, "ns", {})) == []
    assert "broken" in capsys.readouterr().err


def test_the_memory_of_a_child_is_its_own():
    ballast = np.ones(2**25)
    small = run_child(["-c", "pass"], {})
    large = run_child(["-c", "x = bytearray(b'1') * 2**27"], {})
    assert small.peak_mb < ballast.nbytes / 2**20 / 2
    assert 100 < large.peak_mb - small.peak_mb < 160


def test_a_child_that_fails_says_why():
    with pytest.raises(RuntimeError, match="no such thing"):
        run_child(["-c", "raise SystemExit('no such thing')"], {})


def test_options_come_from_the_command_line():
    options = options_of(parser().parse_args(["--quick", "--threads", "1,4", "--paths", "9", "--peer", "c=prog --x=1"]))
    assert options == (True, (1, 4), 3, 9, (("c", "prog --x=1"),))
