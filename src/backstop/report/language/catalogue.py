"""The catalogue: every heading, label and sentence of page and first screen, by key, in each language there is."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

LANGUAGES = ("en", "zh")


class Texts:
    """The texts of one language."""

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        self.language = language
        self._texts = texts

    def __call__(self, key: str, **parts: object) -> str:
        """The text of `key` with `parts` in their places; `KeyError` where there is none."""
        return self._texts[key].format(**parts) if parts else self._texts[key]

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)


@cache
def texts_in(language: str) -> Texts:
    """The texts of a language of `LANGUAGES`."""
    content = resources.files("backstop.report.language").joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return Texts(language, dict(_flat(tomllib.loads(content), "")))


def _flat(tree: Mapping[str, Any], before: str) -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield before + key, value
