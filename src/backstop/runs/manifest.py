"""What a manifest must look like before anybody relies on it: it may have been edited, or be another tool's."""

import json
from collections.abc import Iterator
from typing import Any

_TEXTS = {str: str}
_BLOCK = {"block": int, "first_path": int, "n_paths": int, "hashes": {"counts": str, "funds": str, "paths": str}}
_FORM: dict[str, Any] = {
    "backstop": str, "kernels": str, "seed": int, "paths": int, "block_paths": int, "currency": str,
    "config_hash": str, "terms_hash": str, "inputs": _TEXTS, "markets_hash": str, "versions": _TEXTS, "scenario": str,
    "models": _TEXTS, "overrides": [str], "config_folder": str, "days": int, "arms": [str], "counterfactuals": _TEXTS,
    "blocks": [_BLOCK], "files": _TEXTS, "timings": {str: float},
}
"""By key: a type, a list of one form, an object of these keys, or of any keys to one form."""


def faults_of(manifest: dict[str, Any]) -> Iterator[str]:
    """Keys that are not as they are written."""
    yield from (key for key, form in _FORM.items() if not _fits(manifest.get(key), form))
    if "drawn_parameters" not in manifest or not is_draw(manifest["drawn_parameters"]):
        yield "drawn_parameters"


def is_draw(drawn: Any) -> bool:
    """Whether it says how parameters were drawn: not at all, or for groups of so many paths."""
    return drawn is None or (isinstance(drawn, dict) and _fits(drawn.get("paths_per_group"), int)
                             and drawn["paths_per_group"] > 0)


def contradictions(manifest: dict[str, Any], resolved: bytes) -> Iterator[str]:
    """Keys that say otherwise than the terms, which the manifest repeats for who reads nothing else."""
    try:
        terms = json.loads(resolved)
        told = {"arms": terms["names"]["arms"], "counterfactuals": terms["counterfactuals"],
                "days": terms["n_days"]["value"]}
    except (ValueError, LookupError, TypeError, RecursionError):
        yield "files"
        return
    yield from (key for key, value in told.items() if manifest[key] != value)


def has_all_paths(manifest: dict[str, Any]) -> bool:
    """Whether its blocks are numbered from 0, and hold its paths one after another."""
    done = 0
    for number, block in enumerate(manifest["blocks"]):
        if (block["block"], block["first_path"]) != (number, done) or block["n_paths"] < 1:
            return False
        done += block["n_paths"]
    return bool(done == manifest["paths"] > 0)


def _fits(value: Any, form: Any) -> bool:
    if isinstance(form, list):
        return isinstance(value, list) and all(_fits(item, form[0]) for item in value)
    if isinstance(form, dict) and str in form:
        return isinstance(value, dict) and all(_fits(item, form[str]) for item in value.values())
    if isinstance(form, dict):
        return isinstance(value, dict) and set(value) == set(form) and all(_fits(value[key], form[key]) for key in form)
    return type(value) is form or (form is float and type(value) is int)
