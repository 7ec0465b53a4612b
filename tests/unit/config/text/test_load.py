"""Loading a config: what is right loads, what is wrong is said once, at its line, with its remedy."""

from pathlib import Path

import pytest

from backstop.config.text.load import load_config, parse_config
from backstop.config.text.toml_files import LARGEST_FILE
from backstop.errors import ConfigError

ASHARE_PATH = Path(__file__).parents[4] / "configs" / "ashare.toml"
ASHARE = ASHARE_PATH.read_text(encoding="utf-8")


def errors(text: str, *overrides: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "c.toml", overrides)
    return caught.value.lines


def line_with(piece: str, nth: int = 1) -> int:
    """Number of the nth line of ashare.toml that holds `piece`."""
    return [number for number, line in enumerate(ASHARE.split("\n"), start=1) if piece in line][nth - 1]


def test_ashare_loads():
    config = load_config(ASHARE_PATH)
    assert [fund.name for fund in config.funds] == [
        "insurers",
        "pensions",
        "technology-funds",
        "active-equity",
    ]
    assert config.arms[0].facilities == ("compensation-fund",)


INSURERS = "funds.insurers"
CONTRACT = "facilities.compensation-fund"
SYSTEM_KEY, FUND_KEY, ADVANCE = f"{CONTRACT}.system_key", f"{CONTRACT}.fund_key", f"{CONTRACT}.advance"

# what is written and what stands in its place; the key it is said of, and what is said
MISTAKES = [
    ("paths = 4000 ", 'paths = "many" ', "run.paths", '"many" is no whole number'),
    ("paths = 4000 ", "paths = 4e3 ", "run.paths", "4000.0 is no whole number; write 4000"),
    ("paths = 4000 ", "paths = 0 ", "run.paths", "0 is too small; write at least 1"),
    ("seed = 20150615 ", "seed = -1 ", "run.seed", "-1 is too small"),
    ("days = 504 ", "dayz = 504 ", "run.dayz", "is no known key; did you mean days?"),
    ('currency = "CNY"', 'currency = "yuan"', "money.currency", '"yuan" will not do; write three capital letters'),
    ('mean = "zero"', 'first = "15/6/2015"', "market.assets.csi300.calibrate.first",
     '"15/6/2015" will not do; write a date like 2015-06-15'),
    ("quantum = 1.0 ", "quantum = inf ", "money.quantum", "is infinite or no number"),
    ("quantum = 1.0 ", "quantum = 0.001 ", "money.quantum",
     "too much to count in 0.001; write quantum = 1.0"),
    ("count = 60 ", "count = 0 ", f"{INSURERS}.count", "0 is too small; write at least 1"),
    ("nav = 10e9 ", "nav = 10.0 ", f"{INSURERS}.nav",
     "10 is too little to count in 1 CNY; write amounts in CNY, 10e9 for ten billion, or money.quantum = 0.001"),
    ("nav = 10e9 ", "nav = 2024-01-01 ", f"{INSURERS}.nav", "2024-01-01 is no number"),
    ('name = "insurers"', 'name = "in/out"', 'funds."in/out".name', '"in/out" will not do; write letters of any'),
    ("exponent = 0.5", "exponent = 5", "market.assets.csi300.trading.impact.exponent", "5 is too large; write at"),
    ("nav = 10e9 ", "nav = -1.0 ", f"{INSURERS}.nav", "-1.0 is too small; write more than 0"),
    ("cash_buffer_frac = 0.02 ", "cash_buffer_frac = 2 ", f"{INSURERS}.cash_buffer_frac",
     "2 is no share of one; write 0.02 for 2 %"),
    ("technology = 0.10, bond = 0.60 }", "tecnology = 0.10, bond = 0.60 }", f"{INSURERS}.holdings.tecnology",
     "there is no asset 'tecnology'; did you mean 'technology'?"),
    ('order = ["bond", "csi300", "technology"]', 'order = ["bond", "csi300"]',
     f"{INSURERS}.liquidation.order",
     "names other assets than holdings; write each of csi300, technology, bond once"),
    ("csi300 = 0.25, technology = 0.65", "csi300 = 0.85, technology = 0.65",
     "funds.technology-funds.holdings", "shares of NAV add up to 1.55; make them 1 or less"),
    ("csi300 = 0.25, technology = 0.65", "csi300 = 0.25, tecnology = 0.65",
     "funds.technology-funds.holdings.tecnology",
     "there is no asset 'tecnology'; did you mean 'technology'?"),
    ('history = "data" ', 'history = "date" ', f"{INSURERS}.history",
     "\"date\" is not among the choices; did you mean 'data'? write 'data' or 'flat'"),
    ('rule = "waterfall"', 'rule = "waterfal"', f"{INSURERS}.liquidation.rule", "did you mean 'waterfall'?"),
    ('name = "institutions"', 'name = "policyholders"', f"{INSURERS}.investors.policyholders.name",
     "'policyholders' is taken; write another name"),
    ("notice_days = 20 ", "notice_days = 400 ", f"{INSURERS}.investors.policyholders.notice_days",
     "400 is too large; write at most 252"),
    ("horizon_days = 60 ", "horizon_days = true ", f"{INSURERS}.investors.policyholders.horizon_days",
     "true is no whole number"),
    ("{ years = 1, weight = 0.3 }", "{ years = 1.01, weight = 0.3 }", f"{INSURERS}.evaluation.ladder.0.years",
     "1.01 is no whole number of 21-day samples; write twelfths of a year"),
    ("{ years = 1, weight = 0.3 }", "{ years = 3, weight = 0.3 }", f"{INSURERS}.evaluation.ladder",
     "two rungs have the same years"),
    ("{ years = 1, weight = 0.3 }", "{ years = 1, weight = 0.2 }", f"{INSURERS}.evaluation.ladder",
     "weights add up to 0.9; make them add up to 1"),
    ("floor_ann_frac = -0.10 ", "floor_ann_frac = 0.10 ", f"{INSURERS}.evaluation.floor_ann_frac",
     "0.1 is not below threshold_ann_frac 0"),
    ('name = "pensions"', 'name = "Insurers"', "funds.Insurers.name",
     "'Insurers' is taken; write another name"),
    ('name = "compensation-fund"', 'name = "the fund"', 'facilities."the fund".name',
     '"the fund" will not do; write a letter, then letters, digits, - or _, 40 at most'),
    ('instrument = "advance"', 'instrument = "gift"', f"{CONTRACT}.instrument",
     "\"gift\" is not among the choices; write 'advance'"),
    ('["insurers", "pensions", ', '["insurer", "pensions", ', f"{CONTRACT}.eligible.0",
     "there is no fund 'insurer'; did you mean 'insurers'?"),
    ('["insurers", "pensions", ', '["pensions", "pensions", ', f"{CONTRACT}.eligible.1",
     "'pensions' stands there twice"),
    ('signal = "market_return"', 'signal = "market_retrun"', f"{SYSTEM_KEY}.entry.all.1.signal",
     "did you mean 'market_return'? write 'market_drawdown', 'market_return', "),
    ('signal = "market_return"', 'signal = "fund_return"', f"{SYSTEM_KEY}.entry.all.1.signal",
     "write 'market_drawdown', 'market_return'"),
    ('signal = "fund_drawdown", window_days = 250, at_l', 'signal = "market_return", window_days = 250, at_l',
     f"{FUND_KEY}.entry.all.0.signal",
     "write 'fund_drawdown', 'fund_return'"),
    ("window_days = 250, at_least", "at_least", f"{SYSTEM_KEY}.entry.all.0.window_days",
     "market_drawdown looks back; write window_days"),
    ('"redemption_coverage", ', '"redemption_coverage", window_days = 5, ',
     f"{FUND_KEY}.entry.all.1.window_days", "redemption_coverage has no window"),
    ("at_least = 0.20 }", "at_least = 20 }", f"{SYSTEM_KEY}.entry.all.0.at_least",
     "20 is no value of market_drawdown; write 0.2 for 20 %"),
    ("at_least = 0.20 }", "at_least = 0.2, at_most = 0.3 }", f"{SYSTEM_KEY}.entry.all.0",
     "needs one threshold; write at_least = ... or at_most = ..."),
    ("at_most = 0.15 }", "at_most = 0.25 }", f"{SYSTEM_KEY}.exit.any.0.at_most",
     "exit 0.25 lies beyond entry 0.2 of market_drawdown; write at_most = 0.2 or less"),
    ("at_most = 0.15 }", "at_least = 0.25 }", f"{SYSTEM_KEY}.exit.any.0.at_least",
     "exit 0.25 lies beyond entry 0.2"),
    ("persistence_days = 3 ", "persistence_days = 0 ", f"{SYSTEM_KEY}.persistence_days",
     "0 is too small; write at least 1"),
    ("coverage_frac = 0.5 ", "coverage_frac = 50 ", f"{ADVANCE}.coverage_frac",
     "50 is no share of one; write 0.5 for 50 %"),
    ("rate_ann_frac = 0.0225 ", "rate_ann_frac = 2.25 ", f"{ADVANCE}.rate_ann_frac",
     "2.25 is no share of one; write 0.0225 for 2.25 %"),
    ("technology = 0.30, bond = 0.05 }", "tecnology = 0.30, bond = 0.05 }",
     f"{ADVANCE}.haircut_frac.tecnology", "there is no asset 'tecnology'"),
    ("haircut_frac = { csi300 = 0.30, technology = 0.30, bond = 0.05 }",
     "haircut_frac = { csi300 = 1, bond = 1 }", f"{ADVANCE}.haircut_frac",
     "nothing is lent against any asset"),
    ('{ name = "local", size = 45e9 }', '{ name = "local", size = -45e9 }', "pool.layers.local.size",
     "-45000000000.0 is too small; write at least 0"),
    ('{ name = "local", size = 45e9 }', '{ name = "taxpayer", size = 45e9 }', "pool.layers.taxpayer.name",
     "'taxpayer' would be column loss_taxpayer, which is taken"),
    ('{ name = "local", size = 45e9 }', "7", "pool.layers.1", "7 is no table"),
    ('name = "fund"', 'name = "none"', "arms.none.name", "'none' is the arm that is always there"),
    ('facilities = ["compensation-fund"]', 'facilities = ["compensation"]', "arms.fund.facilities.0",
     "there is no facility 'compensation'; did you mean 'compensation-fund'?"),
    ('facilities = ["compensation-fund"]', 'facilities = "compensation-fund"', "arms.fund.facilities",
     '"compensation-fund" is no list'),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "key", "said"), MISTAKES, ids=[m[1] for m in MISTAKES])
def test_a_mistake_is_said_at_its_line(right: str, wrong: str, key: str, said: str):
    lines = errors(ASHARE.replace(right, wrong, 1))
    start = f"c.toml:{line_with(right)}: {key}: "
    found = [line for line in lines if line.startswith(start) and said in line]
    assert found, lines


def test_a_missing_key_is_said_at_its_table():
    line = line_with("[facilities.advance]")
    assert errors(ASHARE.replace("tenor_days = 250 ", "# ")) == [
        f"c.toml:{line}: facilities.compensation-fund.advance.tenor_days: is missing; "
        "write tenor_days = ... (trading days from the first drawing to maturity)"
    ]


def test_a_missing_section_is_said_at_the_first_line():
    lines = errors(ASHARE.replace("[money]", "[run.money]"))
    assert any(line.startswith("c.toml:1: money: is missing; write [money]") for line in lines)


def test_shares_of_classes_that_do_not_add_up_are_said_at_the_first_class():
    lines = errors(ASHARE.replace("share_frac = 0.9 ", "share_frac = 0.8 "))
    assert lines == [
        f"c.toml:{line_with('[[funds.investors]]')}: funds.insurers.investors: "
        "share_frac of the classes adds up to 0.9; make it 1"
    ]


def test_a_fund_without_collateral_is_named():
    lines = errors(
        ASHARE.replace("{ csi300 = 0.30, technology = 0.30, bond = 0.05 }", "{ bond = 0.05 }")
        .replace("holdings = { csi300 = 0.35, technology = 0.15, bond = 0.45 }", "holdings = { csi300 = 0.35 }")
        .replace('order = ["bond", "csi300", "technology"]', 'order = ["csi300"]')
    )
    assert any(
        "facilities.compensation-fund.eligible.1: 'pensions' holds nothing that is lent against" in line
        for line in lines
    )


def test_all_errors_come_at_once_in_the_order_of_the_file():
    text = ASHARE
    for right, wrong, *_ in (MISTAKES[0], MISTAKES[8], MISTAKES[26], MISTAKES[-1]):
        text = text.replace(right, wrong, 1)
    lines = errors(text)
    assert len(lines) == 4
    numbers = [int(line.split(":")[1]) for line in lines]
    assert numbers == sorted(numbers)


def test_errors_between_sections_are_found_beside_errors_within():
    text = ASHARE.replace("paths = 4000", "paths = 0").replace('["compensation-fund"]', '["compensation"]')
    assert [line.split(": ")[1] for line in errors(text)] == ["run.paths", "arms.fund.facilities.0"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[run]\nname = \n", "c.toml:2: syntax: "),
        ("[run]\nname = 'a'\nname = 'b'\n", "c.toml:3: syntax: "),
        ("a." * 50_000 + "a = 1", "c.toml:1: syntax: too many levels"),
        ("a = " + "[" * 5_000, "c.toml:1: syntax: too many levels"),
        ("x = '''" + "\n" * 20, "c.toml:21: syntax: "),
        ("", "c.toml:1: run: is missing"),
    ],
)  # fmt: skip
def test_what_is_no_toml_is_one_line(text: str, said: str):
    assert errors(text)[0].startswith(said)


def test_what_cannot_be_read_is_one_line(tmp_path: Path):
    def message(path: Path) -> str:
        with pytest.raises(ConfigError) as caught:
            load_config(path)
        (line,) = caught.value.lines
        return line

    (tmp_path / "large.toml").write_bytes(b"#" * (LARGEST_FILE + 1))
    (tmp_path / "latin.toml").write_bytes(b"# fine\nname = '\xe9'\n")
    assert "there is no such file" in message(tmp_path / "nowhere.toml")
    assert "is larger than 2 MB" in message(tmp_path / "large.toml")
    assert "latin.toml:2: is not UTF-8" in message(tmp_path / "latin.toml")
    assert "is a folder, and a config is a file; name a TOML file" in message(tmp_path)
    (tmp_path / "config.toml").write_text("")
    assert message(tmp_path).endswith(f"name {tmp_path / 'config.toml'}")


def test_windows_text_loads(tmp_path: Path):
    path = tmp_path / "windows.toml"
    path.write_bytes(b"\xef\xbb\xbf" + ASHARE.replace("\n", "\r\n").encode())
    assert load_config(path) == load_config(ASHARE_PATH)
