"""Terms that are right one by one and make no sense together are refused by name, at their line, with a remedy."""

from pathlib import Path

import pytest

from backstop.config.text.load import parse_config
from backstop.errors import ConfigError

ASHARE = (Path(__file__).parents[4] / "configs" / "ashare.toml").read_text(encoding="utf-8")
CONTRACT = "facilities.compensation-fund"
MARK = 'at_horizon = "mark"'
LAYERS = "layers = ["
FUND_KEY = "[facilities.fund_key]"


def errors(*changes: tuple[str, str]) -> list[str]:
    text = ASHARE
    for right, wrong in changes:
        assert right in text
        text = text.replace(right, wrong, 1)
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "c.toml")
    return caught.value.lines


def line_of(text: str) -> int:
    return next(n for n, line in enumerate(ASHARE.split("\n"), start=1) if text in line)


SECOND = """[[facilities]]
name = "spare"
instrument = "advance"
eligible = ["insurers"]
system_key = { active_on = [{ first = 1 }] }
fund_key = { active_on = [{ first = 1 }] }
[facilities.advance]
coverage_frac = 0.5
deductible_frac = 0.1
fund_cap_frac = 0.05
haircut_frac = { csi300 = 0.3 }
rate_ann_frac = 0.02
tenor_days = 20
n_rollovers = 0
repayment = "bullet"
cash_lag_days = 0
inventory_participation_frac = 0.1

[pool] """

# what is written and what stands in its place; the key it is said of, and what is said
MISTAKES = [
    (LAYERS, "size = 160e9\nlayers = [", "pool.size", "the layers add up to 1.5e+11; write that"),
    ('size = 45e9', 'size = 45', "pool.layers.local.size",
     "45 CNY is 1e-11 of the 4e+12 that funds hold; write CNY, 4.5e+09 for 45 hundreds of millions"),
    ('size = 90e9', 'size = 90e15', "pool.layers.central.size", "is 2e+04 of the 4e+12 that funds hold"),
    ("fund_cap_frac = 0.05 ", "fund_cap_frac = 0.9\nhaircut_frac = { csi300 = 0.8 }\n#",
     f"{CONTRACT}.advance.fund_cap_frac",
     "no collateral carries 0.9 of NAV: haircuts of 0.8 or more lend at most 0.25; write 0.25 or less"),
    ("rate_ann_frac = 0.0225 ", "rate_ann_frac = 225 ", f"{CONTRACT}.advance.rate_ann_frac",
     "225 is no share of one; write 0.0225 for 225 basis points"),
    ("rate_ann_frac = 0.0225 ", "rate_ann_frac = 0.95 ", f"{CONTRACT}.advance.rate_ann_frac",
     "0.95 is 95 % a year; write 0.0095 for 0.95 %"),
    ("tenor_days = 250 ", "tenor_days = 0.5 ", f"{CONTRACT}.advance.tenor_days", "0.5 is no whole number"),
    ("cash_lag_days = 1 ", "cash_lag_days = 253 ", f"{CONTRACT}.advance.cash_lag_days", "253 is too large"),
    ("persistence_days = 3 ", "persistence_days = 600 ", f"{CONTRACT}.system_key.persistence_days",
     "the key opens after the last of 504 days; write less"),
    ("exit_persistence_days = 10 ", "exit_persistence_days = 600 ", f"{CONTRACT}.system_key.exit_persistence_days",
     "the key never closes within 504 days"),
    ("cooldown_days = 20 ", "active_on = [{ first = 900 }]\ncooldown_days = 20 ",
     f"{CONTRACT}.system_key.active_on.0.first", "is after the last of 504 days"),
    (FUND_KEY, "[facilities.covenants]\nexposure_cap = 0.1\n" + FUND_KEY, f"{CONTRACT}.covenants.exposure_cap",
     "every eligible fund holds more at the opening, 0.35 at least"),
    ("[pool] ", SECOND, "facilities.spare.name", "no arm has 'spare'; list it in an arm's facilities, leave it out, or "
     "write library = true at the head"),
    ('signal = "market_return"', 'signal = "market_retrun"', f"{CONTRACT}.system_key.entry.all.1.signal",
     "'conditional_volatility', 'realised_volatility' or 'dislocation'"),
    ('signal = "market_return"', 'signal = "nav"', f"{CONTRACT}.system_key.entry.all.1.signal",
     "write 'market_drawdown', 'market_return'"),
    ('exit = { signal = "fund_drawdown", window_days = 250, at_most = 0.05 }',
     'exit = { all = [{ signal = "fund_return", window_days = 9, at_most = -0.1 }, '
     '{ signal = "fund_return", window_days = 9, at_least = 0.1 }] }',
     f"{CONTRACT}.fund_key.exit", "so the key never closes"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "key", "said"), MISTAKES, ids=[m[2] for m in MISTAKES])
def test_bad_terms_are_named_with_line_and_remedy(right: str, wrong: str, key: str, said: str):
    changes = [(right, wrong)]
    if "haircut_frac" in wrong:
        changes.append(("\nhaircut_frac = { csi300 = 0.30", "\n# { csi300 = 0.30"))
    lines = errors(*changes)
    found = [line for line in lines if f": {key}: " in line and said in line]
    assert found, lines
    number = int(found[0].split(":")[1])
    assert abs(number - line_of(right)) <= wrong.count("\n") + 1


def test_a_tenor_beyond_the_run_needs_a_rule():
    (line,) = errors((MARK, "# "), ("days = 504 ", "days = 249 "))
    assert f"{CONTRACT}.advance.tenor_days: outlasts the run of 249 days; write at_horizon" in line
    parse_config(ASHARE.replace("days = 504 ", "days = 249 "), "c.toml")


def test_money_that_never_comes_is_refused():
    (line,) = errors(("cash_lag_days = 1 ", "cash_lag_days = 30 "), ("days = 504 ", "days = 30 "))
    assert "cash_lag_days: no money comes within the run of 30 days; write less" in line


def test_a_solvency_test_that_nobody_passes_at_the_opening_is_refused():
    levered = [(f'name = "{name}"\ncount', f'name = "{name}"\nleverage = {{ debt_frac = 1.0 }}\ncount')
               for name in ("insurers", "pensions", "technology-funds")]
    test = (FUND_KEY, "[facilities.solvency]\nnav_over_assets_at_least_frac = 0.8\n" + FUND_KEY)
    (line,) = errors(*levered, test)
    assert "no eligible fund has that at the opening, 0.5 at most; write less than that" in line
