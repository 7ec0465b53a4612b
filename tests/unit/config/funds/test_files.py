"""Funds that a file lists: what they become, and what is said of a wrong cell."""


import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ashare import EXPLICIT_TEXT
from backstop.config.market.inputs import MarketInputs
from backstop.config.resolve import resolve
from backstop.config.text.load import load_config
from backstop.errors import ConfigError

FUNDS = """
[[funds]]
name = "industry"
file = "FILE"
cash_buffer_frac = 0.02
[funds.liquidation]
rule = "waterfall"
order = ["bond", "csi300", "technology"]
participation_frac = 0.10
[funds.failure]
nav_floor_frac = 0.3
unpaid_days = 20

[[funds]]"""
ROWS = """name,count,nav,holding_csi300,holding_technology,holding_bond,long_term,sponsor
alpha,3,2e9,0.5,0.4,,true,Shanghai
beta,1,1000000000,0.3,0,0.6,false,
gamma,12,5e8,0.2,0.7,0.05,,Shanghai
"""


def config_of(folder, content=ROWS, file="funds.csv", settings=(), eligible='["insurers", "industry"]'):
    if content is not None:
        (folder / file).write_text(content)
    undescribed = "\n".join(line for line in EXPLICIT_TEXT.split("\n") if not line.startswith("long_term"))
    text = undescribed.replace("[[funds]]", FUNDS.replace("FILE", file), 1)
    text = text.replace('eligible = ["insurers", "pensions", "technology-funds"]', f"eligible = {eligible}")
    (folder / "c.toml").write_text(text)
    return load_config(folder / "c.toml", settings)


def errors(*args, **kwargs):
    with pytest.raises(ConfigError) as caught:
        config_of(*args, **kwargs)
    return [line.removeprefix(str(args[0]) + "/") for line in caught.value.lines]


def test_every_row_is_a_fund_run_as_the_entry_says(tmp_path):
    config = config_of(tmp_path)
    assert [fund.name for fund in config.cohorts][:4] == ["alpha", "beta", "gamma", "insurers"]
    alpha, beta, _ = config.cohorts[:3]
    assert (alpha.count, alpha.nav, alpha.long_term, alpha.sponsor) == (3, 2e9, True, "Shanghai")
    assert beta.holdings == {"csi300": 0.3, "bond": 0.6}
    assert beta.sponsor is None
    assert alpha.liquidation.order == ("csi300", "technology")
    assert beta.liquidation.order == ("bond", "csi300")


def test_terms_have_a_row_for_each_fund_of_the_file(tmp_path):
    terms = resolve(config_of(tmp_path), MarketInputs())
    assert terms.names.funds == ("alpha", "beta", "gamma", "insurers", "pensions", "technology-funds", "active-equity")
    funds = terms.arms[0].funds
    assert funds.count[:3].tolist() == [3.0, 1.0, 12.0]
    assert funds.units_open[0].tolist() == [1e9, 8e8, 0.0]
    assert funds.liquidation_order[0].tolist() == [0, 1, 2]
    assert funds.liquidation_order[1].tolist() == [2, 0, 1]
    assert terms.arms[1].facilities.is_eligible[0].tolist() == [1, 1, 1, 1, 0, 0, 0]


def test_parquet_says_the_same_as_csv(tmp_path):
    table = pa.table({"name": ["alpha", "beta", "gamma"], "count": [3, 1, 12], "nav": [2e9, 1e9, 5e8],
                      "holding_csi300": [0.5, 0.3, 0.2], "holding_technology": [0.4, 0.0, 0.7],
                      "holding_bond": [None, 0.6, 0.05], "long_term": [True, False, None],
                      "sponsor": ["Shanghai", None, "Shanghai"]})
    pq.write_table(table, tmp_path / "funds.parquet")
    assert config_of(tmp_path, None, "funds.parquet").cohorts == config_of(tmp_path).cohorts


@pytest.mark.parametrize(("eligible", "names"), [
    ("{ long_term = true }", {"alpha"}),
    ("{ technology_at_least_frac = 0.5 }", {"gamma", "technology-funds"}),
    ('{ sponsors = ["Shanghai"], technology_at_most_frac = 0.5 }', {"alpha"}),
    ('["gamma", "pensions"]', {"gamma", "pensions"}),
])
def test_eligibility_reads_attributes_or_names(tmp_path, eligible, names):
    terms = resolve(config_of(tmp_path, eligible=eligible), MarketInputs())
    of_fund = dict(zip(terms.names.funds, terms.arms[1].facilities.is_eligible[0], strict=True))
    assert {name for name, is_eligible in of_fund.items() if is_eligible} == names


def test_an_arm_may_change_how_a_whole_file_is_run_or_one_fund_of_it(tmp_path):
    config_of(tmp_path)
    more = '\n[[arms]]\nname = "more"\nfacilities = []\n' \
        'overrides = { "funds.industry.cash_buffer_frac" = 0.5, "funds.industry.rows.beta.nav" = 1e6 }\n'
    path = tmp_path / "c.toml"
    path.write_text(path.read_text() + more)
    arms = resolve(load_config(path), MarketInputs()).arms
    assert arms[2].funds.buffer_frac[:4].tolist() == [0.5, 0.5, 0.5, 0.02]
    assert arms[2].funds.nav_open[:2].tolist() == [2e9, 1e6]
    assert arms[0].funds.buffer_frac[:3].tolist() == [0.02, 0.02, 0.02]


@pytest.mark.parametrize(("right", "wrong", "message"), [
    ("0.5,0.4,,true", "-0.5,0.4,,true", "line 2, column holding_csi300: -0.5 is too small; write at least 0"),
    ("0.5,0.4,,true", "0.9,0.4,,true", "line 2, column holdings: shares of NAV add up to 1.3; make them 1 or less"),
    ("beta,1,", "beta,one,", 'line 3, column count: "one" is no whole number; write digits only, such as 250'),
    ("1000000000", "-5", "line 3, column nav: -5.0 is too small; write more than 0"),
    ("gamma,12,5e8", "gamma,12,", "line 4, column nav: is missing; write nav = ..."),
    ("gamma", "alpha", "line 4, column name: 'alpha' is taken; write another name"),
    ("gamma", "pensions", "line 4, column name: 'pensions' is taken; write another name"),
    (",true,", ",maybe,", 'line 2, column long_term: "maybe" is no switch; write true or false'),
])
def test_a_wrong_cell_is_named_by_line_and_column(tmp_path, right, wrong, message):
    found = errors(tmp_path, ROWS.replace(right, wrong))
    assert len(found) == 1
    assert message in found[0]
    assert wrong == "pensions" or found[0].startswith("funds.csv: ")


def test_all_wrong_cells_are_named_at_once(tmp_path):
    found = errors(tmp_path, ROWS.replace("0.5,0.4,,true", "x,y,,true").replace("beta,1,", "beta,0,"))
    assert [line.partition(": ")[2].partition(":")[0] for line in found] == [
        "line 2, column holding_csi300", "line 2, column holding_technology", "line 3, column count"]


def test_a_column_that_is_wrong_all_over_is_said_in_a_few_lines(tmp_path):
    many = "".join(f"f{i},1,5e8,0.1,true,x\n" for i in range(300))
    found = errors(tmp_path, "name,count,nav,holding_gold,long_term,sponsor\n" + many)
    assert [line for line in found if line.startswith("funds.csv")] == [
        f"funds.csv: line {n}, column holding_gold: there is no asset 'gold'; write one of csi300, technology, bond"
        for n in range(2, 7)
    ]
    assert any("funds.industry.file: 295 more of column holding_gold like these" in line for line in found)
    assert any("eligible.1: 295 more like these" in line for line in found)
    assert len(found) < 20


@pytest.mark.parametrize(("content", "message"), [
    (None, "no such file"),
    ("", "empty; expected a line of column names"),
    ("name,nav\n", "has 0 items; write at least 1"),
    ("name,count,nav,size,manager\na,1,2,3,b\n", "columns that mean nothing: size, manager; delete or "
     "rename them: write name, nav, count, long_term, sponsor, risk_weight or holding_"),
    ("name,nav,name\na,2,b\n", "name stands there twice; write it once"),
    ("name,count\na,1\n", "has no column nav; add it"),
    ("name,count,nav\na,1\n", "line 2: has 2 cells for 3 columns (name, count, nav); write one for each"),
    ("name,nav (oxen),count\na,1e9,1\n", "'oxen' is no unit"),
    ('name,nav,count\na,"1,234",1\n', "may have a decimal comma or a comma between thousands"),
    ("name,nav,holding_csi300,holding_bond\na,1e9,60,35\nb,1e9,70,20\n",
     'line 2: holdings add up to 95: in per cent? write holdings_in = "percent" in the entry'),
    ("name,nav,holding_csi300\na,1e9,0.5\nb,2e9,0.5\n合计,4e9,\n", "line 4: 合计 is not the sum of nav above it"),
])
def test_a_file_that_will_not_do_is_said_at_its_key(tmp_path, content, message):
    found = errors(tmp_path, content)
    assert len(found) == 1
    assert found[0].startswith("c.toml:")
    assert "funds.industry." in found[0]
    assert message in found[0]


def test_a_parquet_file_that_is_none_is_refused(tmp_path):
    assert "is not a readable parquet file" in errors(tmp_path, "no", "funds.parquet")[0]


def test_rows_are_not_written_in_a_config(tmp_path):
    (found,) = errors(tmp_path, settings=["funds.industry.rows=[]"])
    assert "is what the file says; change the file instead" in found


def test_an_unknown_asset_is_named_by_line_and_column(tmp_path):
    found = errors(tmp_path, ROWS.replace("holding_bond", "holding_bnd"))
    assert "funds.csv: line 3, column holding_bnd: there is no asset 'bnd'; did you mean 'bond'?" in found


def test_a_selling_order_must_name_what_every_fund_holds(tmp_path):
    (found,) = errors(tmp_path, settings=['funds.industry.liquidation.order=["bond", "technology"]'])
    assert "funds.industry.liquidation.order: leaves out csi300, which a fund of the file holds; write it" in found


@pytest.mark.parametrize(("eligible", "message"), [
    ("{ long_term = true, technology_at_most_frac = 0.1 }", "eligible: no fund is all that; write what some fund is"),
    ('{ sponsors = ["Beijing"] }', "eligible.sponsors.0: there is no sponsor 'Beijing'; write one of Shanghai"),
    ("{}", "eligible: says nothing; write long_term, sponsors, "),
    ("{ longterm = true }", "eligible.longterm: is no known key; did you mean long_term?"),
    ('["industri"]', "eligible.0: there is no fund 'industri'; did you mean 'industry'?"),
])
def test_eligibility_that_admits_nobody_is_refused(tmp_path, eligible, message):
    found = errors(tmp_path, eligible=eligible)
    assert len(found) == 1
    assert message in found[0]


def test_who_is_eligible_is_not_judged_while_funds_are_wrong(tmp_path):
    found = errors(tmp_path, ROWS.replace("0.5,0.4,,true", "1.3,0.4,,true"), eligible="{ long_term = true }")
    assert len(found) == 1


PLAIN = """name,nav,holding_csi300,holding_bond
alpha,2000000000,0.5,0.25
beta,1500000000.5,0.3,0.6
"""


def funds_of(folder, content, more="", file="funds.csv"):
    if isinstance(content, bytes):
        (folder / file).write_bytes(content)
        content = None
    return [fund for fund in config_of(folder, content, file, more).cohorts if fund.entry == "industry"]


def said(funds):
    return [(fund.nav, fund.holdings) for fund in funds]


def test_a_fund_stands_for_itself_unless_the_entry_or_the_file_says_more(tmp_path):
    assert [fund.count for fund in funds_of(tmp_path, PLAIN)] == [1, 1]
    entry = ["funds.industry.count=3", "funds.industry.long_term=true", "funds.industry.sponsor='Shanghai'"]
    assert [(f.count, f.long_term, f.sponsor) for f in funds_of(tmp_path, PLAIN, entry)] == [(3, True, "Shanghai")] * 2
    found = funds_of(tmp_path, ROWS, entry)
    assert [fund.count for fund in found] == [3, 1, 12]
    assert [fund.long_term for fund in found] == [True, False, True]


@pytest.mark.parametrize("name", ["000001.OF", "华夏成长混合A", "博时价值C\uff08LOF\uff09", "3M plan (old)"])
def test_codes_and_names_in_any_script_are_labels(tmp_path, name):
    config = config_of(tmp_path, PLAIN.replace("alpha", name), eligible=f'["{name}", "industry"]')
    assert config.cohorts[0].name == name
    terms = resolve(config, MarketInputs())
    assert terms.names.funds[0] == name
    path = tmp_path / "c.toml"
    path.write_text(path.read_text() + f"""
[[arms]]
name = "more"
facilities = []
overrides = {{ "funds.industry.rows.'{name}'.nav" = 1e6 }}
""")
    assert resolve(load_config(path), MarketInputs()).arms[2].funds.nav_open[0] == 1e6


@pytest.mark.parametrize("name", ["x\u202ey", "x\u200by", "a/b", "'a'"])
def test_a_name_that_would_mislead_is_refused_and_shown_by_number(tmp_path, name):
    found = errors(tmp_path, PLAIN.replace("alpha", name))
    assert "line 2, column name" in found[0]
    assert all(line.isprintable() for line in found)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_file_says_the_same_in_every_encoding(tmp_path, encoding):
    content = PLAIN.replace("alpha", "华夏成长混合").replace("\n", "\r\n").encode(encoding)
    assert [fund.name for fund in funds_of(tmp_path, content)] == ["华夏成长混合", "beta"]


@pytest.mark.parametrize("change", [
    lambda text: text.replace("2000000000", '"2,000,000,000"').replace("1500000000.5", '"1,500,000,000.5"'),
    lambda text: text.replace("0.5,0.25", "50%,25%").replace("0.3,0.6", "30.0%,60%"),
    lambda text: text.replace(".", "#").replace(",", ";").replace("#", ","),
    lambda text: text.replace("nav", "nav(万元)").replace("0000000,", "000,").replace("1500000000.5", "150000.00005"),
    lambda text: text + "合计,3500000000.5,,\n",
    lambda text: '"holdings, end of June"\n' + text + '"Source: fund houses"\n',
])
def test_tables_as_people_have_them_are_the_same_funds(tmp_path, change):
    plain = said(funds_of(tmp_path, PLAIN))
    assert said(funds_of(tmp_path, change(PLAIN))) == plain


def test_a_unit_and_percent_that_the_entry_states(tmp_path):
    plain = said(funds_of(tmp_path, PLAIN))
    text = "name,nav,holding_csi300,holding_bond\nalpha,20,50,25\nbeta,15.000000005,30,60\n"
    entry = ["funds.industry.unit='亿元'", "funds.industry.holdings_in=percent"]
    assert said(funds_of(tmp_path, text, entry)) == plain


def test_two_units_that_differ_are_refused(tmp_path):
    found = errors(tmp_path, PLAIN.replace("nav", "nav(万元)"), settings=["funds.industry.unit='亿元'"])
    assert "column nav(万元) is in 万元, the entry says unit = '亿元'" in found[0]


def test_a_workbook_says_the_same_as_csv(tmp_path):
    from openpyxl import Workbook

    plain, book = said(funds_of(tmp_path, PLAIN)), Workbook()
    for line in PLAIN.splitlines():
        book.active.append([float(cell) if cell[0].isdigit() else cell for cell in line.split(",")])
    book.save(tmp_path / "funds.xlsx")
    assert said(funds_of(tmp_path, None, file="funds.xlsx")) == plain


def test_what_was_left_out_of_a_file_is_kept_to_be_said(tmp_path):
    config = config_of(tmp_path, PLAIN + "合计,3500000000.5,,\n")
    assert config.funds[0].notes == ("funds.csv: line 4: 合计 adds up the rows above it, and is left out",)


def test_a_row_count_beyond_all_funds_is_refused(tmp_path):
    (found, *_) = errors(tmp_path, "name,nav\n" + "".join(f"f{i},1e9\n" for i in range(2001)))
    assert "at most 2000" in found
