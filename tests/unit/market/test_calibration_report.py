"""The report of `calibrate`, and the market section it writes: read back, it is the fit to the last bit."""

import json
import tomllib
from dataclasses import replace

import numpy as np
import pytest

from backstop.config.market.section import MarketConfig
from backstop.errors import CalibrationError, DataError
from backstop.market.calibration_report import calibrate_report
from backstop.market.data import load_prices
from backstop.market.dependence_fit import DEPENDENCES
from backstop.market.market_toml import render_market
from backstop.market.specification import MODELS, CalibrationSpec

US = ("builtin:sp500", "builtin:nasdaq", "builtin:wti")
NORMAL = (CalibrationSpec("garch", "normal"),)
NORMAL_ZERO = (CalibrationSpec("garch", "normal", "zero"),)


def reported(references, specs=NORMAL, **options):
    return calibrate_report(references, specs=specs, use_cache=False, **options)


def read_back(report, **options):
    return MarketConfig.model_validate(tomllib.loads(render_market(report, **options))["market"])


@pytest.fixture(scope="module")
def us():
    return reported(US)


def test_a_candidate_is_chosen_and_tested():
    specs = [CalibrationSpec("constant", "normal"), CalibrationSpec("gjr", "student-t"), *NORMAL]
    (one,) = reported(["builtin:csi300"], specs).series
    assert one.chosen.spec == specs[1]
    assert [test.name for test in one.tests] == ["Ljung-Box(10)", "Ljung-Box(10) of squares", "ARCH-LM(10)"]
    assert [(back.level, len(back.tests)) for back in one.backtests] == [(0.01, 4), (0.025, 4), (0.05, 4)]
    assert one.refusals == ()


def test_a_refused_candidate_is_a_line(tmp_path):
    (tmp_path / "mine.csv").write_text(csv_of("builtin:csi300", 300))
    (one,) = reported(["mine.csv"], [*NORMAL, CalibrationSpec("gjr", "skew-t")], base=tmp_path).series
    assert one.chosen.spec == NORMAL[0]
    assert one.refusals == ("mine: 299 returns, gjr(1,1,1) skew-t needs at least 350; "
                            "give a longer series or a smaller model",)


def csv_of(reference, n):
    series = load_prices(reference)
    rows = zip(series.dates[-n:], series.prices[-n:], strict=True)
    return "date,close\n" + "\n".join(f"{day},{price}" for day, price in rows)


def test_no_prices_no_fit_and_no_such_file_are_refused(tmp_path):
    with pytest.raises(CalibrationError, match="no prices to calibrate on"):
        reported([])
    (tmp_path / "mine.csv").write_text(csv_of("builtin:csi300", 100))
    with pytest.raises(CalibrationError, match=r"none of 1 models could be fitted:\nmine: 99 returns"):
        reported([str(tmp_path / "mine.csv")])
    with pytest.raises(DataError, match="no such file"):
        reported(["nowhere.csv"])


@pytest.fixture
def walk(tmp_path, monkeypatch):
    """A folder with a series of which every model that returns to a level is found to be integrated."""
    (tmp_path / "walk.csv").write_text(csv_of("builtin:sp500", 600))

    def refuse(spec, name, fit, sample):
        if name == "walk" and spec.model != "ewma":
            raise CalibrationError(f"walk: {spec.title}: not stationary")

    monkeypatch.setattr("backstop.market.calibration.refuse_unusable", refuse)
    return tmp_path


def test_a_series_that_no_model_fits_is_left_out_and_the_others_go_on(walk):
    report = reported(["walk.csv", "builtin:csi300"], base=walk)
    assert [one.chosen.name for one in report.series] == ["csi300"]
    assert report.summary()["refused"] == {"walk": ["walk: garch(1,0,1) normal: not stationary"]}
    assert [asset.name for asset in read_back(report).assets] == ["csi300"]
    with pytest.raises(CalibrationError, match=r"none of 1 models could be fitted:\nwalk: garch"):
        reported(["walk.csv"], base=walk)


def test_an_integrated_series_takes_the_best_model_that_may_be_used(walk):
    report = reported(["walk.csv", "builtin:csi300"], [*NORMAL, CalibrationSpec("ewma", "normal")], base=walk)
    assert {one.chosen.name: one.chosen.spec.model for one in report.series} == {"walk": "ewma", "csi300": "garch"}
    assert report.refused == ()


def test_gaps_of_several_series_are_reported(us):
    assert {gap.name: gap.n_missing for gap in us.gaps} == {"sp500": 8, "nasdaq": 8, "wti": 19}
    assert reported(["builtin:wti"]).gaps == ()


def test_the_report_is_json(us):
    summary = json.loads(json.dumps(us.summary(), allow_nan=False))
    assert summary["series"][0]["chosen"]["model"] == "garch(1,0,1) normal"
    assert summary["series"][0]["backtests"][0]["tests"][0]["name"] == "Kupiec"
    assert summary["gaps"]["wti"]["n_missing"] == 19
    assert summary["dependence"] is None


@pytest.mark.parametrize("spec", [CalibrationSpec(model, law, o=2 if model == "gjr" else None)
                                  for model, law in zip(MODELS, ["normal", "student-t", "skew-t", "ged"] * 2,
                                                        strict=True)], ids=lambda spec: spec.title)
@pytest.mark.parametrize("start", ["long-run", "last", 4.0])
def test_what_is_written_is_read_back_to_the_last_bit(spec, start):
    report = reported(["builtin:csi300"], [spec])
    fit = report.series[0].chosen
    asset = read_back(report, start=start).assets[0]
    section = fit.market_section("last" if spec.model == "ewma" else start)
    assert asset.drift_ann_frac == 252 * fit.parameters.drift_per_day
    for key, value in section["volatility"].items():
        assert getattr(asset.volatility, key) == (tuple(value) if isinstance(value, list) else value)
    assert asset.innovation.model_dump(exclude_none=True) == section["innovation"]


def test_standard_errors_and_sources_stand_beside_the_numbers():
    report = reported(["builtin:csi300"], [CalibrationSpec("gjr", "student-t")])
    text, errors = render_market(report), report.series[0].chosen.standard_errors
    (alpha,) = [line for line in text.splitlines() if line.startswith("alpha")]
    assert alpha.endswith(f"# [fitted] ({errors[2]:.2g})")
    assert f"({252 * errors[0]:.2g})" in text
    assert "# CSI 300 index (000300), daily close 2006-2025" in text
    assert "# csi300, gjr(1,1,1) student-t: persistence 0.99" in text
    assert "power = 2.0\n" in text


def test_the_level_of_the_sample_may_be_written_instead_of_the_fitted_one():
    report = reported(["builtin:csi300"], [CalibrationSpec("gjr", "student-t"), CalibrationSpec("ewma", "normal")])
    for one in report.series[0].candidates:
        alone = replace(report, series=(replace(report.series[0], chosen=one.calibration),))
        volatility = read_back(alone, long_run="sample").assets[0].volatility
        assert volatility.long_run_volatility_ann_frac == one.calibration.sample_volatility_ann
        assert volatility.start == "long-run"


def test_a_zero_mean_writes_no_drift():
    assert "drift" not in render_market(reported(["builtin:csi300"], NORMAL_ZERO))


@pytest.mark.parametrize("dependence", DEPENDENCES)
def test_a_dependence_is_written_as_a_run_can_take_it(dependence):
    report = reported(US, [CalibrationSpec("gjr", "student-t")], dependence=dependence)
    fit, market = report.dependence, read_back(report, index="nasdaq", start="last")
    joint = market.dependence
    assert (market.index, joint.assets) == ("nasdaq", ("sp500", "nasdaq", "wti"))
    np.testing.assert_array_equal(joint.matrix, fit.correlation)
    assert (joint.copula == "student-t") == (dependence == "t-copula")
    found = joint.model_dump(include={"nu"}) | (joint.dynamics.model_dump() if joint.dynamics else {})
    assert {name: found[name] for name in fit.parameters} == fit.parameters
    if dependence == "adcc":
        np.testing.assert_array_equal(joint.dynamics.asymmetric_target, fit.asymmetric_target)
        np.testing.assert_array_equal(joint.dynamics.opening, fit.next_q)
        assert read_back(report, start="long-run").dependence.dynamics.opening is None


def test_names_become_those_of_assets_and_text_stays_in_its_comment(tmp_path):
    (tmp_path / "000300 close\x07.csv").write_text(csv_of("builtin:csi300", 400))
    report = reported(["000300 close\x07.csv"], base=tmp_path)
    assert report.series[0].chosen.name == "asset-000300-close-x07"
    assert read_back(report).assets[0].name == "asset-000300-close-x07"


def test_twenty_series_come_at_once(tmp_path):
    rng = np.random.default_rng(1)
    common = rng.standard_normal(800)
    days = np.datetime64("2015-01-01") + np.arange(801)
    walks = [np.cumsum(np.append(0.0, 0.008 * (common + rng.standard_normal(800)))) for _ in range(20)]
    rows = [f"{day}," + ",".join(f"{100 * np.exp(walk[t])}" for walk in walks) for t, day in enumerate(days)]
    (tmp_path / "all.csv").write_text("date," + ",".join(f"a{j}" for j in range(20)) + "\n" + "\n".join(rows))
    report = reported([f"all.csv#a{j}" for j in range(20)], [CalibrationSpec("constant", "normal")],
                      base=tmp_path, dependence="ccc")
    market = read_back(report)
    assert [asset.name for asset in market.assets] == [f"a{j}" for j in range(20)]
    assert market.dependence.matrix[0, 1] == pytest.approx(0.5, abs=0.1)


def test_findings_stand_in_the_report_and_twins_are_refused_where_their_dependence_is_asked_for(tmp_path):
    (tmp_path / "a.csv").write_text(csv_of("builtin:csi300", 600))
    (tmp_path / "b.csv").write_text(csv_of("builtin:csi300", 600))
    report = reported(["a.csv", "b.csv"], base=tmp_path)
    assert any(line.startswith("a, b: they move as one") for line in report.findings)
    assert report.summary()["findings"] == list(report.findings)
    with pytest.raises(CalibrationError, match="a and b move as one"):
        reported(["a.csv", "b.csv"], base=tmp_path, dependence="ccc")


def test_a_split_is_refused_unless_it_is_accepted(tmp_path):
    rows = csv_of("builtin:csi300", 600).splitlines()
    later = [f"{day},{float(price) / 2}" for day, _, price in (row.partition(",") for row in rows[300:])]
    (tmp_path / "a.csv").write_text("\n".join(rows[:300] + later))
    with pytest.raises(DataError, match="--accept jump"):
        reported(["a.csv"], base=tmp_path)
    constant = [CalibrationSpec("constant", "normal")]
    assert "like a split" in reported(["a.csv"], constant, base=tmp_path, accepted=("jump",)).findings[0]
