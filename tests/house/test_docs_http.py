"""The page on HTTP says what the code does: layers, defaults, errors; and its example runs."""

import inspect
import re
from dataclasses import fields
from typing import Any, get_args

import pytest

from connector_sdk.connector.connection import UNDECLARED
from connector_sdk.http import stack
from connector_sdk.http.layer import Place
from connector_sdk.http.policy import (
    BodyPolicy,
    BreakerPolicy,
    HttpSettings,
    RateLimit,
    RetryPolicy,
    Timeouts,
)
from tests.house.codes import raised
from tests.house.tree import code_blocks, coded, page, section, tables
from tests.http.connections import connected, reply

pytestmark = pytest.mark.slow

PAGE = page("http.md")


def test_the_layers_stand_as_the_stack_has_them() -> None:
    told = [row[0] for row in tables(section(PAGE, "The layers"))[0][1:]]
    stacked = re.findall(r"^(\w+(?: \w+)?)  +\w", inspect.getdoc(stack) or "", re.MULTILINE)
    assert told == stacked
    assert told[: len(get_args(Place))] == list(get_args(Place))


def test_the_defaults_are_those_of_the_policies() -> None:
    rules, breaker, body = RetryPolicy(), BreakerPolicy(), BodyPolicy()
    told = {row[0]: row[1] for row in tables(section(PAGE, "What is repeated"))[0][1:]}
    assert told["attempts"] == str(rules.attempts)
    assert _numbers(told["wait"]) == [
        0,
        rules.base,
        1,
        2,
        rules.cap,
        rules.throttle_base,
        2,
        4,
        rules.throttle_cap,
    ]
    assert _numbers(told["patience"])[0] == rules.patience
    assert _numbers(told["quota"]) == [rules.quota, rules.cost, rules.throttle_cost, 1]
    assert _numbers(told["breaker"])[:4] == [breaker.window, breaker.least, breaker.pause, breaker.longest]
    assert (breaker.ratio, breaker.closing) == (0.5, 2)
    text = section(PAGE, "What a body must be")
    assert f"{body.largest // 2**20} MiB" in text
    assert f"{body.error // 2**10} KiB" in text
    assert f"{body.ratio} times" in text
    assert f"{Timeouts().total:g} seconds" in text
    assert RateLimit(10, per=2) == UNDECLARED


def test_every_setting_of_the_environment_is_named() -> None:
    text = section(PAGE, "What an environment sets")
    assert {field.name for field in fields(HttpSettings)} <= set(coded(text))


def test_every_error_of_the_stack_is_listed_once() -> None:
    told = [code for row in tables(section(PAGE, "The errors"))[0][1:] for code in coded(row[1])]
    given = {code for code, where in raised().items() if any("/http/" in each for each in where)}
    assert sorted(told) == sorted(given - ELSEWHERE)


ELSEWHERE = {"number-out-of-range", "text-not-unicode", "connector-sdk"}
"""Codes that the stack gives, and that are told where they belong."""


def test_the_example_runs() -> None:
    (block,) = code_blocks(PAGE.partition("\n## ")[0], "python")
    names: dict[str, Any] = {}
    exec(block, names)
    with connected(reply(json={"items": [1]})) as (http, wire, ears):
        assert names["items"](http, "a/b") == [1]
    assert str(wire.requests[0].url) == "https://api.acme.example/customers/a%2Fb/items?page=1"
    assert ears.exchanges[0].path == "/customers/{id}/items"


def _numbers(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"\d+(?:\.\d+)?", text)]
