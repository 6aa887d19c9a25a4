"""The page of the command line shows every verb with its options, and no other."""

import shlex
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from connector_sdk.cli.app import app
from tests.house.tree import code_blocks, coded, page, section, tables

PAGE = page("command-line.md")


def _leaves(command: Any, way: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    for name, inner in getattr(command, "commands", {}).items():
        if hasattr(inner, "commands"):
            yield from _leaves(inner, (*way, name))
        elif not inner.hidden:
            yield " ".join((*way, name)), inner


VERBS = dict(_leaves(get_command(app)))


def _options(command: Any) -> set[str]:
    return {name for option in command.params for name in option.opts if name.startswith("--")} - {"--help"}


def _own_section(verb: str) -> str:
    return section(PAGE, verb).split("\n### ")[0]


def test_every_verb_has_its_section_and_every_section_its_verb() -> None:
    headings = [line.lstrip("#").strip() for line in PAGE.splitlines() if line.startswith(("## ", "### "))]
    groups = {verb.partition(" ")[0] for verb in VERBS if " " in verb}
    assert sorted(headings) == sorted({*VERBS, *groups})


def test_every_verb_takes_json() -> None:
    assert [verb for verb, command in VERBS.items() if "--json" not in _options(command)] == []


@pytest.mark.parametrize("verb", VERBS)
def test_its_options_are_listed(verb: str) -> None:
    found = tables(_own_section(verb))
    listed = [coded(row[0])[0] for row in found[0][1:]] if found else []
    assert set(listed) == _options(VERBS[verb]) - {"--json"}
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("verb", VERBS)
def test_its_example_is_a_command_that_is_understood(verb: str) -> None:
    lines = [line for block in code_blocks(_own_section(verb), "") for line in block.splitlines()]
    examples = [
        line.removeprefix("$ connector-sdk ") for line in lines if line.startswith("$ connector-sdk ")
    ]
    assert examples
    for example in examples:
        assert example.startswith(verb)
        VERBS[verb].make_context(verb, shlex.split(example.removeprefix(verb)))


@pytest.mark.parametrize("verb", VERBS)
def test_its_help_says_what_it_does_and_shows_an_example(verb: str) -> None:
    text = VERBS[verb].help or ""
    assert len(text.splitlines()[0]) > 20
    assert "Example" in text
    assert f"connector-sdk {verb}" in text
