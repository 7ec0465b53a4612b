import pytest
from pydantic import ValidationError

from ashare import EXPLICIT_TEXT, resolved
from backstop.config.choices import OfFund, OfMarket
from backstop.config.counterfactuals import _are_same
from backstop.config.facility.keys import Key
from backstop.config.funds.evaluation import Evaluation
from backstop.config.funds.investors import InvestorClass
from backstop.config.market.inputs import MarketInputs
from backstop.config.resolve import resolve
from backstop.config.schema import Config
from backstop.config.text.load import parse_config
from backstop.config.text.presets import presets_of
from backstop.errors import ConfigError
from backstop.terms import NO_GATE

OWN = {"name": "retail", "share_frac": 1.0, "notice_days": 1}


@pytest.mark.parametrize("name", presets_of("investors"))
def test_every_preset_of_investors_is_whole_and_has_a_source(name):
    investors = InvestorClass.model_validate(OWN | {"preset": name})
    assert len(presets_of("investors")[name]["source"]) > 40
    assert investors.daily_cap_frac > 0.0


def test_a_weekly_shock_takes_its_share_in_five_days():
    for name, share in (("weekly-shock-5", 0.05), ("weekly-shock-10", 0.10)):
        cap = presets_of("investors")[name]["daily_cap_frac"]
        assert 1.0 - (1.0 - cap) ** 5 == pytest.approx(share, abs=1e-5)


def test_those_who_review_once_a_quarter_leave_at_most_once():
    preset = presets_of("investors")["quarterly-review"]
    assert preset["daily_cap_frac"] == pytest.approx(1 / 63, rel=1e-3)
    assert preset["bear_slope_per_day"] == pytest.approx(2.5 / 63, rel=1e-3)


RETAIL = 'name = "retail"\nshare_frac = 0.7 '


def with_preset(more="", arms=""):
    """The technology funds' retail investors by preset, in place of the numbers that follow."""
    head, _, rest = EXPLICIT_TEXT.partition(RETAIL)
    text = f'{head}name = "retail"\nshare_frac = 0.7\nnotice_days = 2\npreset = "chinese-equity"\n{more}'
    return text + rest[rest.index("[[funds.investors]]"):] + arms


def test_what_stands_beside_a_preset_replaces_it():
    config = parse_config(with_preset("tolerance_frac = 0.25\n"), "c.toml")
    retail = config.funds[2].investors[0]
    assert (retail.tolerance_frac, retail.bull_slope_per_day, retail.horizon_days) == (0.25, 0.01, 63)
    assert Config.model_validate(config.model_dump()) == config


def test_an_arm_may_put_another_preset_in_its_place():
    arms = '\n[[arms]]\nname = "run"\nfacilities = []\n' \
        'overrides = { "funds.technology-funds.investors.retail.preset" = "weekly-shock-10" }\n'
    none, _, run = resolve(parse_config(with_preset(arms=arms), "c.toml"), MarketInputs()).arms
    assert (none.investors.horizon_days[2, 0], run.investors.horizon_days[2, 0]) == (63, 5)
    assert run.investors.daily_cap[2, 0] == 0.020852


def test_an_unknown_preset_is_refused():
    with pytest.raises(ConfigError) as caught:
        parse_config(with_preset().replace('"chinese-equity"', '"chinese-equty"'), "c.toml")
    (line,) = caught.value.lines
    assert "investors.retail.preset: there is no preset 'chinese-equty'; did you mean 'chinese-equity'?" in line


def test_answers_of_investors_reach_the_terms():
    retail = "funds.technology-funds.investors.retail"
    settings = (f"{retail}.bear_power=2.0", f"{retail}.illiquidity_slope=5.0", f"{retail}.bull_slope_per_day=0.1",
                "funds.pensions.gate_per_day_frac=0.01")
    investors = resolve(parse_config(EXPLICIT_TEXT, "c.toml", settings), MarketInputs()).arms[0].investors
    assert investors.bear_power[2].tolist() == [2.0, 1.0]
    assert investors.illiquidity_slope[2].tolist() == [5.0, 0.0]
    assert investors.bull_slope[2].tolist() == [0.1, 0.0]
    assert investors.gate_frac.tolist() == [NO_GATE, 0.01, NO_GATE, NO_GATE]


@pytest.mark.parametrize(("kind", "reads"), [("system_keys", OfMarket), ("fund_keys", OfFund)])
def test_every_preset_of_keys_is_whole_and_has_a_source(kind, reads):
    for name, values in presets_of(kind).items():
        key = Key[reads].model_validate({"preset": name})
        assert None not in (key.entry, key.exit)
        assert set(Key[reads].model_fields) - {"preset", "active_on", "idle_on"} == set(values) - {"source"}
        assert "[ours]" in values["source"]


@pytest.mark.parametrize(("reads", "name", "known"), [(OfMarket, "fund-in-need", "crash, slow-bear"),
                                                      (OfFund, "slow-bear", "fund-in-need")])
def test_a_preset_of_the_other_key_is_unknown(reads, name, known):
    with pytest.raises(ValidationError, match=f"there is no preset '{name}'; write one of {known}"):
        Key[reads].model_validate({"preset": name})


def test_the_slow_bear_key_reads_what_a_crash_key_never_sees():
    settings = ["facilities.compensation-fund.system_key.preset=slow-bear",
                "facilities.compensation-fund.system_key.persistence_days=5"]
    key = parse_config(EXPLICIT_TEXT, "c.toml", settings).facilities[0].system_key
    assert [(c.signal, c.window_days) for c in key.entry.all] == [("market_drawdown", 250), ("market_return", 120)]
    assert (key.persistence_days, key.exit_persistence_days) == (5, 20)


JUDGED = {"threshold_ann_frac": 0.01, "floor_ann_frac": -0.1, "risk_cut_frac": 0.2,
          "risk_speed_per_day_frac": 0.05}


@pytest.mark.parametrize("name", presets_of("ladders"))
def test_every_ladder_is_whole_and_has_a_source(name):
    evaluation = Evaluation.model_validate({"preset": name} | JUDGED)
    assert sum(rung.weight for rung in evaluation.ladder) == pytest.approx(1.0)
    assert len(presets_of("ladders")[name]["source"]) > 40


def test_the_ladder_of_the_example_is_that_of_the_ministry():
    ladder = Evaluation.model_validate({"preset": "insurers-from-2025"} | JUDGED).ladder
    assert ladder == parse_config(EXPLICIT_TEXT, "c.toml").funds[0].evaluation.ladder


def test_presets_in_place_of_the_keys_and_the_ladder_of_the_example_leave_every_term_as_it_is():
    system, fund = "facilities.compensation-fund.system_key", "facilities.compensation-fund.fund_key"
    short = resolved(f'{system}={{ preset = "crash" }}', f'{fund}={{ preset = "fund-in-need" }}',
                     "funds.insurers.evaluation={ preset = 'insurers-from-2025', threshold_ann_frac = 0.0, "
                     "floor_ann_frac = -0.10, dispersion_ann_frac = 0.05, risk_cut_frac = 0.20, "
                     "risk_speed_per_day_frac = 0.05 }")
    assert _are_same(short, resolved())
    assert not _are_same(short, resolved(f"{system}.persistence_days=4"))


def test_the_draft_on_pay_is_relative_and_full_ten_points_below_in_three_years():
    given = {name: value for name, value in JUDGED.items() if "ann" not in name}
    evaluation = Evaluation.model_validate({"preset": "public-funds-draft-2025"} | given)
    assert (evaluation.benchmark_frac, evaluation.threshold_ann_frac) == (1.0, 0.0)
    assert 3 * evaluation.floor_ann_frac == pytest.approx(-0.10, abs=1e-3)
    assert sum(rung.weight for rung in evaluation.ladder if rung.years and rung.years >= 3) >= 0.8


def test_the_plan_for_public_funds_presses_from_ten_points_below_in_three_years_on():
    given = {name: value for name, value in JUDGED.items() if "ann" not in name}
    evaluation = Evaluation.model_validate({"preset": "public-funds-csrc-2025"} | given)
    assert 3 * evaluation.threshold_ann_frac == pytest.approx(-0.10, abs=1e-3)
    assert sum(rung.weight for rung in evaluation.ladder if rung.years and rung.years >= 3) >= 0.8
    assert evaluation.benchmark_frac == 1.0


def test_medium_and_long_term_funds_weigh_the_year_by_no_more_than_three_tenths():
    ladder = Evaluation.model_validate({"preset": "long-term-funds-2025"} | JUDGED).ladder
    assert sum(rung.weight for rung in ladder if rung.years == 1) <= 0.3
    assert sum(rung.weight for rung in ladder if rung.years in (3, 5)) >= 0.6


def test_an_arm_may_be_judged_by_another_ladder():
    arms = '\n[[arms]]\nname = "longer"\nfacilities = []\n' \
        'overrides = { "funds.active-equity.evaluation.ladder" = [{ years = 5, weight = 1.0 }] }\n'
    none, _, longer = resolve(parse_config(EXPLICIT_TEXT + arms, "c.toml"), MarketInputs()).arms
    assert (none.evaluation.rung_samples[3, 0], longer.evaluation.rung_samples[3, 0]) == (12, 60)


def test_a_preset_of_an_arm_replaces_numbers_that_the_config_has_written_out():
    arms = '\n[[arms]]\nname = "longer"\nfacilities = []\noverrides = { %s }\n'
    ladder = '"funds.insurers.evaluation.preset" = "social-security-fund"'
    config = parse_config(EXPLICIT_TEXT + arms % ladder, "c.toml")
    assert [rung.years for rung in config.for_arm(config.arms[-1]).cohorts[0].evaluation.ladder] == [5.0]
    draft = '"funds.insurers.evaluation.preset" = "public-funds-draft-2025"'
    floor = f'"funds.insurers.evaluation.floor_ann_frac" = -0.2, {draft}'
    config = parse_config(EXPLICIT_TEXT + arms % floor, "c.toml")
    evaluation = config.for_arm(config.arms[-1]).cohorts[0].evaluation
    assert (evaluation.benchmark_frac, evaluation.floor_ann_frac) == (1.0, -0.2)


def test_so_does_one_that_is_set():
    settings = ["funds.insurers.investors.institutions.tolerance_frac=0.2",
                "funds.insurers.investors.institutions.preset=fragile"]
    fragile = parse_config(EXPLICIT_TEXT, "c.toml", settings).cohorts[0].investors[1]
    assert (fragile.bear_slope_per_day, fragile.tolerance_frac, fragile.notice_days) == (0.03, 0.2, 5)
