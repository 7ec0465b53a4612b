import numpy as np
import pyarrow as pa
import pytest

from backstop.errors import AccountingError, BeyondMoney, NotFinite
from backstop.outcomes import FUND_OUTCOMES, PATH_OUTCOMES
from backstop.runs.schema import fund_schema, path_schema
from backstop.runs.tables import block_tables
from backstop.runs.tallies import check_tallies, open_counts, open_tallies
from backstop.runs.tiles import Block
from backstop.terms import NEVER, Mixture
from toy_run import toy_terms

TERMS = toy_terms()
BLOCK = Block(2, 100, 3)


@pytest.fixture
def tallies():
    """Three paths; every outcome is 0."""
    tallies = open_tallies(TERMS, BLOCK.n_paths)
    for tally in (tallies.paths, tallies.funds):
        for values in tally:
            values[:] = 0.0
    return tallies


def tables_of(tallies):
    return block_tables(TERMS, BLOCK, tallies, open_counts(TERMS, TERMS.n_days))


def test_rows_are_ordered_by_arm_fund_and_path(tallies):
    tables = tables_of(tallies)
    assert tables.paths.column("path").to_pylist() == [100, 101, 102] * 2
    assert tables.paths.column("arm").to_pylist() == ["none"] * 3 + ["fund"] * 3
    assert tables.funds.column("path").to_pylist() == [100, 101, 102] * 4
    assert tables.funds.column("arm").to_pylist() == ["none"] * 6 + ["fund"] * 6
    assert tables.funds.column("fund").to_pylist() == (["insurers"] * 3 + ["funds"] * 3) * 2
    assert set(tables.paths.column("weight").to_pylist()) == {1.0}


def test_values_land_in_the_row_and_column_of_their_arm_fund_and_path(tallies):
    tallies.paths.loss_by_layer[1, 1, 2] = 700.0
    tallies.paths.days_active[0, 0, 1] = 4.0
    tallies.funds.failed[1, 0, 0] = 1.0
    tables = tables_of(tallies)
    # a quantum is 0.01 currency units
    assert tables.paths.column("loss_second").to_pylist() == [0.0] * 5 + [7.0]
    assert tables.paths.column("loss_first").to_pylist() == [0.0] * 6
    assert tables.paths.column("days_active").to_pylist() == [0, 4, 0, 0, 0, 0]
    assert tables.funds.column("failed").to_pylist() == [False] * 6 + [True] + [False] * 5


def test_a_day_that_never_came_and_a_score_that_never_was_are_null(tallies):
    tallies.paths.first_dry_day[0, 0] = [0.0, 12.0, 0.0]
    tallies.funds.score_min[0, 1] = [NEVER, -0.25, 0.0]
    tables = tables_of(tallies)
    assert tables.paths.column("first_dry_day").to_pylist() == [None, 12, None, None, None, None]
    assert tables.funds.column("score_min").to_pylist()[3:6] == [None, -0.25, 0.0]


def test_every_column_carries_its_unit_and_meaning():
    for schema, outcomes in ((path_schema(TERMS.names), PATH_OUTCOMES), (fund_schema(), FUND_OUTCOMES)):
        meanings = {field.metadata[b"meaning"].decode() for field in schema}
        assert {outcome.meaning for outcome in outcomes} <= meanings
        assert all(b"unit" in field.metadata for field in schema)


def test_columns_that_repeat_are_spelt_out_by_layer_and_asset():
    names = path_schema(TERMS.names).names
    assert {"loss_first", "loss_second", "market_trough_index", "market_trough_bond"} <= set(names)


def test_types_follow_units():
    schema = path_schema(TERMS.names)
    assert schema.field("path").type == pa.int64()
    assert schema.field("arm").type == pa.string()
    assert schema.field("first_dry_day").type == pa.int32()
    assert schema.field("n_injections").type == pa.int64()
    assert schema.field("injected").type == pa.float64()
    assert fund_schema().field("defaulted").type == pa.bool_()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_an_outcome_that_is_no_finite_number_is_refused_by_name_arm_and_path(tallies, value):
    tallies.funds.nav_end[1, 0, 2] = value
    with pytest.raises(NotFinite, match=r"nav_end.*arm fund on path 102"):
        check_tallies(TERMS, BLOCK, tallies)


@pytest.mark.parametrize("imbalance", [1.0, np.nan])
def test_books_that_do_not_close_are_refused(tallies, imbalance):
    tallies.paths.money_created[0, 0, 1] = imbalance
    with pytest.raises(AccountingError, match="arm none, path 101"):
        check_tallies(TERMS, BLOCK, tallies)


def test_a_score_that_never_was_is_no_error(tallies):
    tallies.funds.score_min[:] = NEVER
    check_tallies(TERMS, BLOCK, tallies)


@pytest.mark.parametrize("wrong", [np.nan, 1.0])
def test_amounts_beyond_what_is_counted_exactly_are_no_bug_of_ours(tallies, wrong):
    tallies.paths.money_created[0, 0, 1] = wrong
    tallies.funds.nav_end[0, 0, 1] = 2.0**53
    with pytest.raises(BeyondMoney, match=r"^money.quantum: .* arm none on path 101: .* write a larger quantum"):
        check_tallies(TERMS, BLOCK, tallies)


def test_where_models_take_turns_rows_name_the_paths_model_and_weigh_it(tallies):
    terms = TERMS._replace(mixture=Mixture(("garch", "fhs"), (0.5, 1.5)))
    block = Block(0, 62, BLOCK.n_paths)
    made = block_tables(terms, block, tallies, open_counts(TERMS, TERMS.n_days))
    expected = ["garch" if path < 64 else "fhs" for path in range(62, 62 + block.n_paths)]
    weights = [0.5 if model == "garch" else 1.5 for model in expected]
    assert made.paths["model"].to_pylist() == expected * len(TERMS.names.arms)
    assert made.paths["weight"].to_pylist() == weights * len(TERMS.names.arms)
    assert made.funds["weight"].to_pylist() == weights * (len(TERMS.names.arms) * len(TERMS.names.funds))
    assert "model" not in tables_of(tallies).paths.schema.names
