"""Every language has every text, with the same places for names and numbers."""

import string

import pytest

from backstop.report.language.catalogue import LANGUAGES, texts_in

ENGLISH = texts_in("en")


def places_in(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_the_texts_of_the_others(language):
    assert set(texts_in(language)) == set(ENGLISH)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_has_the_same_places_in_every_language(language):
    texts = texts_in(language)
    assert {key: places_in(texts(key)) for key in ENGLISH} == {key: places_in(ENGLISH(key)) for key in ENGLISH}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty(language):
    texts = texts_in(language)
    assert [key for key in texts if not texts(key).strip()] == []
