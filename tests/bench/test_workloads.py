"""Every workload runs, small, and its peers agree."""

import json
import shlex
import subprocess

import numpy as np
import pytest

from backstop.config.channels import without
from backstop.config.prices.resolve_feedback import NO_FEEDBACK
from backstop.config.prices.resolve_replay import NO_REPLAY
from backstop.runs.assemble import assemble
from backstop.terms import NEVER, Instrument
from bench import markets, workloads
from bench.agreement import agreement
from bench.engine_runs import ArmRun, seam_of
from bench.figures import OURS
from bench.market_runs import MarketTile
from bench.options import Options
from bench.peers import cpp_arm, cpp_garch
from bench.peers.arch_garch import PERCENT, ArchGarch
from bench.peers.arm_terms import refuse_other_rules
from bench.peers.numpy_arm import agreement_on
from bench.peers.numpy_engine.engine import simulate
from bench.peers.numpy_garch import NumpyGarch, TunedNumpyGarch, garch_of
from bench.studies import Size, study_terms
from bench.workloads import funds, garch, large, market, run
from oracle.arms import plain_loans, with_pool
from oracle.compare import run_kernels
from oracle.designs import random_design

SMALL = Options(quick=True, threads=(1,), reps=1)
LAWS = ("normal", "student-t")


def mean_square(returns):
    """Mean of squared returns (T, P) and its standard error over paths, in units of the long-run variance."""
    by_path = np.mean(returns**2, axis=0) / garch_of("normal").long_run
    return by_path.mean(), by_path.std() / np.sqrt(len(by_path))


@pytest.mark.parametrize("law", LAWS)
def test_garch_and_its_peers_keep_the_long_run_variance(law):
    model, tile = garch_of(law), MarketTile(markets.market_terms("garch", law, 1, markets.YEAR))
    tile.fill(0)
    tuned = TunedNumpyGarch(model, 2000, markets.YEAR)
    tuned()
    by_arch = ArchGarch(model, 2000, markets.YEAR)().T / PERCENT
    total, _ = NumpyGarch(model, 2000, markets.YEAR)()
    for returns in (tile.log_return[:, 0], tuned.log_return, by_arch, total[None] / np.sqrt(markets.YEAR)):
        found, error = mean_square(returns)
        assert abs(found - 1.0) < 4.0 * error


@pytest.fixture(scope="module")
def cpp_command(tmp_path_factory):
    command = cpp_garch.command(tmp_path_factory.mktemp("cpp"))
    return command or pytest.skip("no compiler here")


@pytest.mark.parametrize("law", LAWS)
def test_garch_in_cpp_keeps_it_too(law, cpp_command):
    tile = MarketTile(markets.market_terms("garch", law, 1, markets.YEAR))
    tile.fill(0)
    _, error = mean_square(tile.log_return[:, 0])
    command = cpp_command.format(law=law, paths=256, days=markets.YEAR, threads=1, seed=1)
    printed = json.loads(subprocess.run(shlex.split(command), capture_output=True, check=True).stdout)
    assert abs((printed["annual_volatility"] / 0.16) ** 2 - 1.0) < 4.0 * error


def within_the_peers_model(design):
    """`design` without what numpy does not follow.

    Insurers, cohorts whose scores differ, calendar years, peers, announcements, suspensions, late settlement,
    purchases, impact that feeds variance, real windows, all of a contract but a plain loan, the rules of a pool beyond
    its layers, what arm none foresees or finds.
    """
    prices, unheard = design.arm.prices, without(plain_loans(design.arm), ["announcement"])
    never = prices.suspended_first[:, :0]
    prices = prices._replace(suspended_first=never, suspended_last=never,
                             suspend_days=np.zeros_like(prices.suspend_days),
                             settlement_days=np.zeros_like(prices.settlement_days),
                             buy_ratio=np.zeros_like(prices.buy_ratio), feedback=NO_FEEDBACK,
                             replay=NO_REPLAY, seeks_both_ends=0)
    funds = unheard.funds._replace(ahead_days=np.zeros_like(unheard.funds.ahead_days),
                                   invest_frac=np.zeros_like(unheard.funds.invest_frac))
    evaluation = unheard.evaluation
    evaluation = evaluation._replace(
        dispersion=np.zeros_like(evaluation.dispersion), is_year_to_date=np.zeros_like(evaluation.is_year_to_date),
        rung_comparison=np.full_like(evaluation.rung_comparison, -1), is_peer=evaluation.is_peer[:0],
        comparison_samples=evaluation.comparison_samples[:0],
        is_comparison_to_date=evaluation.is_comparison_to_date[:0])
    solvency = unheard.solvency._replace(target=np.zeros_like(unheard.solvency.target))
    # with all terms of a loan 0, an advance that nobody can claim
    facilities = unheard.facilities._replace(instrument=np.full_like(unheard.facilities.instrument, Instrument.ADVANCE))
    plain = with_pool(unheard._replace(facilities=facilities), unheard.pool.layer_size)
    arm = plain._replace(prices=prices, funds=funds, evaluation=evaluation, solvency=solvency)
    return design._replace(arm=arm, ahead=design.ahead[:0],
                           ages=np.full_like(design.log_return[:, 0], NEVER))


@pytest.mark.parametrize("seed", range(12))
def test_kernels_and_numpy_agree_on_every_outcome_of_random_designs(seed):
    design = within_the_peers_model(random_design(seed, 8))
    ours = run_kernels(design)
    peer = simulate(design.arm, design.log_return, design.volatility)
    tallies = (ours.path_tally, ours.fund_tally), (peer.path_tally, peer.fund_tally)
    assert agreement(design.arm, *tallies, peer.funds.shares).differing == {}


def test_disagreement_is_seen():
    design = within_the_peers_model(random_design(3, 4))
    ours = run_kernels(design)
    peer = simulate(design.arm, design.log_return, design.volatility)
    peer.fund_tally.nav_end[0, 2] *= 1.0 + 1e-6
    tallies = (ours.path_tally, ours.fund_tally), (peer.path_tally, peer.fund_tally)
    assert agreement(design.arm, *tallies, peer.funds.shares).differing == {2: ["nav_end"]}


FOLLOWED = {"base": {}} | {name: rule for name, rule in funds.RULES.items() if "settlement_days" not in rule}
"""Studies within the model of numpy, whose sales settle at once."""


@pytest.mark.parametrize("changes", FOLLOWED.values(), ids=FOLLOWED)
def test_kernels_and_numpy_agree_on_the_studies_of_the_bench(changes):
    terms = study_terms(Size(funds=3, days=126), changes)
    found = agreement_on(terms.arms[funds.FACILITY], seam_of(terms, 64))
    assert len(found.differing) <= 1


IN_CPP = {"base": {}} | {name: funds.RULES[name] for name in ("no evaluation", "no impact")}
"""Studies within the model of the C++ peer, with rules that it works round."""
NOT_IN_CPP = {name: rule for name, rule in funds.RULES.items() if name not in IN_CPP}


@pytest.fixture
def cpp_folder(tmp_path):
    return tmp_path if cpp_arm.is_possible() else pytest.skip("no compiler here")


@pytest.mark.parametrize("arm", [funds.NONE, funds.FACILITY], ids=["none", "facility"])
@pytest.mark.parametrize("changes", IN_CPP.values(), ids=IN_CPP)
def test_kernels_and_cpp_agree(changes, arm, cpp_folder):
    terms = study_terms(Size(assets=4, funds=3), changes)
    found = cpp_arm.agreement_on(terms.arms[arm], seam_of(terms, 72), cpp_folder)
    assert len(found.differing) <= 1


def test_kernels_and_cpp_count_the_same_days(cpp_folder):
    terms = study_terms(Size(assets=3, funds=2, days=63))
    arm, seam = terms.arms[funds.FACILITY], seam_of(terms, 24)
    ours, peer = ArmRun(arm, seam), cpp_arm.CppArm(arm, seam, cpp_folder)
    ours()
    peer()
    assert np.abs(peer.outcomes().daily - ours.state.daily).sum() <= 2


@pytest.mark.parametrize("changes", NOT_IN_CPP.values(), ids=NOT_IN_CPP)
def test_what_the_cpp_peer_does_not_follow_is_refused_by_name(changes):
    with pytest.raises(ValueError, match="knows nothing of"):
        refuse_other_rules(study_terms(Size(funds=2, days=21), changes).arms[funds.FACILITY])


def test_the_facility_of_the_base_is_drawn_and_its_pool_runs_dry_on_some_paths():
    terms = study_terms(Size())
    tally = simulate(terms.arms[funds.FACILITY], *seam_of(terms, 64)).path_tally
    assert 0.1 < np.mean(tally.injected > 0.0) < 0.9
    assert np.any(tally.first_dry_day > 0.0)


def test_every_model_and_law_has_terms_that_the_kernel_takes():
    for model in markets.MODELS:
        for law in markets.LAWS:
            tile = MarketTile(markets.market_terms(model, law, 2, 8))
            tile.fill(0)
            assert np.all(np.isfinite(tile.log_return))


def test_garch_runs(monkeypatch):
    monkeypatch.setattr(garch, "LAWS_WITH_PEERS", ("normal",))
    found = list(garch.figures(SMALL))
    assert {"numpy", "arch, 100 paths", OURS} <= {figure.who for figure in found}


def test_market_runs(monkeypatch):
    monkeypatch.setattr(market, "MODELS", ("garch",))
    found = list(market.figures(SMALL))
    assert sum(figure.unit == "exponent" for figure in found) == 3
    assert sum("8 assets" in figure.case for figure in found) == len(markets.LAWS) + len(market.DEPENDENCES)


def test_the_main_job_runs_in_process():
    found = list(run.engine_figures(assemble(run.CONFIG).request.terms, 50, 1, 1))
    assert [figure.unit for figure in found] == ["ns a (path, day, fund, arm)", "ns a (path, day, asset)"]


def test_funds_run():
    terms = study_terms(Size())
    found = [*funds.arm_figures(SMALL, terms, 1), *funds.run_figures(SMALL, terms, 1), *funds.exponents(SMALL)]
    assert {figure.who for figure in found} >= {OURS, "numpy"}
    assert (funds.CPP in {figure.who for figure in found}) == cpp_arm.is_possible()
    assert sum(figure.unit == "exponent" for figure in found) == 4


@pytest.mark.long
def test_every_stage_has_a_share_of_the_day():
    found = list(funds.stage_figures(SMALL, study_terms(Size())))
    assert len(found) > 15
    assert sum(figure.median for figure in found) == pytest.approx(1.0)
    assert all(figure.median > 0.0 for figure in found)


@pytest.mark.long
def test_a_large_run_takes_time_and_memory():
    assert all(figure.median > 0.0 for figure in large.figures(SMALL))


@pytest.mark.long
def test_the_command_runs_in_processes_of_its_own():
    found = [figure for figure in run.figures(SMALL) if figure.case.startswith("command")]
    assert all(figure.median > 0.0 for figure in found)


def test_every_workload_has_a_name():
    assert list(workloads.WORKLOADS) == ["garch", "market", "run", "funds", "instructions", "large"]
