"""Settings of the command line and overrides of arms: where they lead, what they may not."""

from pathlib import Path

import pytest

from backstop.config.text.load import load_config, parse_config
from backstop.config.text.overrides import OverrideError, parse_setting, place_of, replaced
from backstop.errors import ConfigError

ASHARE = Path(__file__).parents[4] / "configs" / "ashare.toml"
TEXT = ASHARE.read_text(encoding="utf-8")
TREE = {"funds": [{"name": "a", "ladder": [{"w": 1}, {"w": 2}]}, {"name": "b"}], "run": {"seed": 1}}


def errors(*overrides: str, text: str = TEXT) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "c.toml", overrides)
    return caught.value.lines


def arm_errors(overrides: str) -> list[str]:
    return errors(text=f"{TEXT}overrides = {overrides}")


@pytest.mark.parametrize(
    ("setting", "key", "value"),
    [
        ("run.paths=1_000", "run.paths", 1000),
        ("a.b = 5e9", "a.b", 5e9),
        ("a={ x = [1, 2] }", "a", {"x": [1, 2]}),
        ('a="b=c"', "a", "b=c"),
        ("scenario.preset=crash-2015", "scenario.preset", "crash-2015"),
        ("market.prices=builtin:csi300", "market.prices", "builtin:csi300"),
        ("market.paths=../my/paths.parquet", "market.paths", "../my/paths.parquet"),
        ("market.paths=/my/paths.parquet", "market.paths", "/my/paths.parquet"),
        ("a=true", "a", True),
    ],
)
def test_a_setting_is_a_toml_value_or_a_word(setting, key, value):
    assert parse_setting(setting) == (key, value)


@pytest.mark.parametrize("setting", ["run.paths", "run..paths=1", "=1", "a=", "a=[1", "a=1\nb=2", "a b=1", 'a="'])
def test_what_is_no_setting_is_refused(setting):
    with pytest.raises(OverrideError):
        parse_setting(setting)


def test_a_key_leads_through_lists_by_name_or_position():
    assert place_of(TREE, "funds.b.name") == ("funds", 1, "name")
    assert place_of(TREE, "funds.a.ladder.1.w") == ("funds", 0, "ladder", 1, "w")
    assert place_of(TREE, "run.new.key") == ("run", "new", "key")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("funds.c.name", "funds has no item 'c'; write one of a, b"),
        ("funds.a.ladder.2.w", "funds.a.ladder has no item '2'; write a position from 0 to 1"),
        ("run.seed.x", "run.seed is a single value; leave out .x"),
    ],
)
def test_a_key_that_leads_nowhere_is_refused(key, said):
    with pytest.raises(OverrideError, match=said):
        place_of(TREE, key)


def test_a_replaced_value_leaves_the_rest_and_the_original():
    changed = replaced(TREE, ("funds", 0, "ladder", 1, "w"), 5)
    assert changed["funds"][0]["ladder"] == [{"w": 1}, {"w": 5}]
    assert changed["run"] == TREE["run"]
    assert TREE["funds"][0]["ladder"][1] == {"w": 2}
    assert replaced({}, ("a", "b"), 1) == {"a": {"b": 1}}


def test_settings_reach_every_section_and_the_last_one_wins():
    config = load_config(
        ASHARE,
        [
            "run.paths=7",
            "run.paths=9",
            "funds.insurers.nav=5e9",
            "funds.insurers.evaluation.ladder.0.years=2",
            "facilities.compensation-fund.advance.coverage_frac=1.0",
            "pool.layers.social.size=1e9",
            "arms.fund.facilities=[]",
            "market.index=technology",
        ],
    )
    assert config.run.paths == 9
    assert config.funds[0].nav == 5e9
    assert config.funds[0].evaluation is not None
    assert config.funds[0].evaluation.ladder[0].years == 2
    assert config.pool.layers[0].size == 1e9
    assert config.facilities[0].advance.coverage_frac == 1.0
    assert config.arms[0].facilities == ()
    assert config.market.index == "technology"


def test_errors_of_settings_name_the_setting():
    assert errors("run.pathes=3") == ["--set run.pathes: is no known key; did you mean paths?"]
    assert errors("funds.insurer.nav=1") == [
        "--set funds.insurer.nav: funds has no item 'insurer'; did you mean 'insurers'?"
    ]
    assert errors("pool.layers.central.size=-1", "run.seed=x") == [
        '--set run.seed: "x" is no whole number; write digits only, such as 250',
        "--set pool.layers.central.size: -1 is too small; write at least 0",
    ]


def test_errors_of_settings_come_beside_those_of_the_file():
    lines = errors("run.paths=0", "nonsense", text=TEXT.replace("days = 504", "days = 0"))
    assert [line.split(": ")[0] for line in lines] == ["--set nonsense", "c.toml:12", "--set run.paths"]


def test_an_arm_sees_its_own_values_and_nothing_else_changes():
    config = parse_config(
        TEXT + 'overrides = { "funds.insurers.evaluation.is_on" = false, "pool.layers.social.size" = 0.0 }',
        "c.toml",
    )
    seen = config.for_arm(config.arms[0])
    assert seen.funds[0].evaluation is not None
    assert not seen.funds[0].evaluation.is_on
    assert seen.pool.layers[0].size == 0.0
    assert seen.funds[1:] == config.funds[1:]
    assert seen.market == config.market
    assert config.pool.layers[0].size == 15e9


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ('{ "market.index" = "bond" }', "an arm may not change [market]"),
        ('{ "run.seed" = 1 }', "an arm may not change [run]"),
        ('{ "scenario.preset" = "x" }', "an arm may not change [scenario]"),
        ('{ "money.quantum" = 100.0 }', "an arm may not change [money]"),
        ("{ funds.insurers.nav = 1.0 }", "is no dotted key; write it whole and in quotes"),
        ('{ "funds insurers" = 1 }', "is no dotted key"),
        ('{ "funds.insurers.name" = "b" }', "names are the same in all arms"),
        ('{ "funds.insurer.nav" = 1.0 }', "funds has no item 'insurer'; did you mean 'insurers'?"),
        ('{ "funds.insurers.nav" = -1.0 }', "funds.insurers.nav: -1.0 is too small"),
        ('{ "funds.insurers.navv" = 1.0 }', "funds.insurers.navv: is no known key; did you mean nav?"),
        ('{ "pool.layers" = [{ name = "new", size = 1e9 }] }', "layers have the same names in all arms"),
        ('{ "funds.insurers.holdings" = { gold = 0.5 } }', "there is no asset 'gold'"),
    ],
)
def test_an_arm_may_not_do_what_has_no_meaning(overrides, said):
    last = len(TEXT.split("\n"))
    found = [line for line in arm_errors(overrides) if line.startswith(f"c.toml:{last}: arms.fund.overrides")]
    assert any(said in line for line in found), found


ADVANCE = "facilities.compensation-fund.advance"


def advance_of(*settings, arm=""):
    config = parse_config(f"{TEXT}overrides = {arm}" if arm else TEXT, "c.toml", settings)
    return (config.for_arm(config.arms[0]) if arm else config).facilities[0].advance


def test_another_repayment_drops_the_key_that_it_does_not_take():
    assert advance_of(f"{ADVANCE}.repayment=bullet").sweep_frac is None
    amortising = f'{{ "{ADVANCE}.instalment_days" = 21, "{ADVANCE}.repayment" = "amortising" }}'
    found = advance_of(arm=amortising)
    assert (found.repayment, found.sweep_frac, found.instalment_days) == ("amortising", None, 21)
    assert advance_of(f"{ADVANCE}.repayment=sweep").sweep_frac == 0.5


def test_a_key_that_a_repayment_does_not_take_is_refused_where_it_is_written_with_it():
    (line,) = errors(f"{ADVANCE}.repayment=bullet", f"{ADVANCE}.sweep_frac=0.2")
    assert 'repayment = "bullet" has none; drop it' in line


def test_the_size_of_the_pool_scales_its_layers():
    sizes = [layer.size for layer in parse_config(TEXT, "c.toml", ["pool.size=300e9"]).pool.layers]
    assert sizes == [30e9, 90e9, 180e9]
    arm = '{ "pool.size" = 50e9, "pool.layers.social.size" = 65e9 }'
    config = parse_config(f"{TEXT}overrides = {arm}", "c.toml")
    # of 65, 45 and 90
    assert [layer.size for layer in config.for_arm(config.arms[0]).pool.layers] == [16.25e9, 11.25e9, 22.5e9]


def test_a_pool_of_nothing_cannot_be_scaled():
    nothing = [f"pool.layers.{name}.size=0.0" for name in ("social", "local", "central")]
    (line,) = errors(*nothing, "pool.size=10e9")
    assert "the layers add up to 0; write that" in line


def test_facilities_that_no_arm_has_may_stand_in_a_library():
    none = [*TEXT.partition("[[arms]]")]
    spare = TEXT[TEXT.index("[[facilities]]"):TEXT.index("[pool]")].replace('"compensation-fund"', '"spare"')
    text = f"{none[0]}{spare}\n[[arms]]{none[2]}"
    (line,) = errors(text=text)
    assert "no arm has 'spare'; list it in an arm's facilities, leave it out, or write library = true" in line
    assert len(parse_config(f"library = true\n{text}", "c.toml").facilities) == 2


def test_a_file_of_funds_takes_the_place_of_what_one_fund_had(tmp_path):
    (tmp_path / "own.csv").write_text("name,nav,holding_csi300\nalpha,1e10,0.3\nbeta,5e9,0.2\n")
    config = parse_config(TEXT, "c.toml", ["funds.insurers.file=own.csv"], tmp_path)
    assert [row.name for row in config.funds[0].rows] == ["alpha", "beta"]


def test_a_file_that_lies_where_the_command_is_given_is_told_how_to_be_written(tmp_path, monkeypatch):
    (tmp_path / "own.csv").write_text("name,nav,holding_csi300\nalpha,1e10,0.3\n")
    (tmp_path / "configs").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"write \.\./own\.csv, since paths start at the config"):
        parse_config(TEXT, "c.toml", ["funds.insurers.file=own.csv"], Path("configs"))
    parse_config(TEXT, "c.toml", ["funds.insurers.file=../own.csv"], Path("configs"))
