"""The schema documents itself, and the shipped examples follow it."""

from typing import Any

import pytest

from backstop.config.schema import Config
from backstop.config.text.examples import EXAMPLE_NAMES, FOLDER, example
from backstop.config.text.load import load_config, parse_config
from backstop.errors import ConfigError

SCHEMA = Config.model_json_schema()


def properties(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    models = {"Config": schema, **schema["$defs"]}
    return [(m, f, s) for m, model in models.items() for f, s in model.get("properties", {}).items()]


def test_every_key_is_described():
    bare = [f"{model}.{field}" for model, field, schema in properties(SCHEMA) if "description" not in schema]
    assert bare == []


def test_every_section_is_described():
    assert [
        name for name, model in SCHEMA["$defs"].items() if "properties" in model and not model.get("description")
    ] == []


@pytest.mark.parametrize("name", ["ashare", "us"])
def test_examples_load_and_tag_their_numbers(name):
    text = example(name)
    config = load_config(FOLDER / f"{name}.toml")
    assert config.run.name == name
    untagged = [line for line in text.split("\n") if "_frac = " in line.partition("#")[0] and "#" not in line]
    assert untagged == []


def test_examples_are_listed_and_others_refused():
    assert EXAMPLE_NAMES == ("ashare", "cont_schaanning", "greenwood_landier_thesmar", "multiple_equilibria", "us")
    with pytest.raises(ConfigError, match="write one of ashare, cont_schaanning"):
        example("../ashare")


def test_a_config_goes_through_its_own_tree_unchanged():
    config = parse_config(example("us"), "us.toml")
    assert Config.model_validate(config.model_dump(exclude_unset=True)) == config
    assert Config.model_validate(config.model_dump()) == config
    assert Config.model_validate_json(config.model_dump_json()) == config
