"""Chapters of designs say what the answers say: per billion where they are over money, the likeliest first."""

import re
from types import SimpleNamespace

import pytest

from backstop.report.language.catalogue import texts_in
from backstop.report.page.designs import best, frontier
from backstop.report.page.subject import Subject

RATE = {"metric": "technology_saved_window_end", "unit": "frac", "over": "cost_a_year", "over_unit": "currency"}


def design(name, value, chance, stands=True):
    column = "technology_saved_window_end/cost_a_year"
    return {"design": name, "stands": stands, "chance_of_best": chance, "chance_of_frontier": chance, "size": 1e9,
            "is_on_frontier": stands, column: value, f"{column}_lower": value / 2, f"{column}_upper": value * 2}


ANSWER = {"objectives": [RATE], "n_paths": 2000, "vary": ["size"], "limits": ["dry<0.01"], "likely_best": ["b"],
          "budgets": [{"limit": ["dry", True, 0.01], "binds": 0.25, "gain": None}],
          "designs": [design("a", 1e-12, 0.1), design("b", 4e-12, 0.9), design("c", 9e-12, 0.0, stands=False),
                      design("config", 2e-12, 0.0)]}


@pytest.fixture
def told(monkeypatch):
    monkeypatch.setattr(Subject, "figure", lambda self, name, said, spec_of, head, body, title="": SimpleNamespace(
        head=list(head), body=[list(row) for row in body]))

    def of(**others):
        subject = Subject.__new__(Subject)
        for key, value in {"texts": texts_in("en"), "others": others}.items():
            object.__setattr__(subject, key, value)
        return subject

    return of


def test_the_best_terms_come_likeliest_first_per_billion_and_without_those_that_are_out(told):
    chapter = best(told(optimise=ANSWER))
    (figure,) = chapter.figures
    assert [row[0] for row in figure.body] == ["b", "a", "config"]
    assert figure.body[0][2:] == ["0.40 %", "0.20 % to 0.80 %", "90.0 %"]
    assert "per billion of" in figure.head[2]


def test_which_limit_binds_is_said_with_its_share(told):
    sentences = best(told(optimise=ANSWER)).sentences
    assert any(re.search(r"without the limit dry<0\.01 .*25\.0 %", one, re.IGNORECASE) for one in sentences)
    assert any("3 designs are left" in one and "1 of them" in one for one in sentences)


def test_where_no_design_is_left_that_is_said_and_nothing_is_drawn(told):
    gone = ANSWER | {"designs": [one | {"stands": False} for one in ANSWER["designs"]], "likely_best": []}
    chapter = best(told(optimise=gone))
    assert chapter.figures == []
    assert "None is left: each surely breaks a limit." in chapter.sentences


def test_without_an_answer_there_is_no_chapter(told):
    assert best(told()) is None
    assert frontier(told()) is None


def test_a_frontier_of_one_objective_says_how_many_designs_there_are(told):
    chapter = frontier(told(sweep=ANSWER))
    assert chapter.sentences[0].startswith("3 designs beside the config's own, by one objective.")
