"""What is said when the command line itself is wrong: exit code 2 and the nearest right word."""

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Call

pytestmark = pytest.mark.slow

WRONG = {
    ("conectors",): "did you mean `connector-sdk connectors`?",
    ("chekc", "p.yaml"): "did you mean `connector-sdk check`?",
    ("zzzz",): "`connector-sdk --help` lists them",
    ("dead-letters", "lst", "p.yaml"): "did you mean `connector-sdk dead-letters list`?",
    ("dead-letters",): "`connector-sdk dead-letters --help` lists them",
    ("audit",): "`connector-sdk audit --help` lists them",
    ("run",): "`connector-sdk run --help` shows how it is used",
    ("run", "p.yaml", "--full-refesh"): "did you mean --full-refresh?",
    ("run", "p.yaml", "extra"): "`connector-sdk run --help` shows how it is used",
    ("trace", "p.yaml"): "`connector-sdk trace --help` shows how it is used",
    ("runs", "p.yaml", "--limit", "many"): "`connector-sdk runs --help` shows how it is used",
    ("runs", "p.yaml", "--limit", "0"): "`connector-sdk runs --help` shows how it is used",
    ("dead-letters", "discard", "p.yaml", "--actor", "a"): "`connector-sdk dead-letters discard --help`",
    ("dead-letters", "show", "p.yaml", "--reveal"): "`connector-sdk dead-letters show --help`",
    ("--frobnicate",): "`connector-sdk --help` shows the options",
}


@pytest.mark.parametrize(
    ("arguments", "hint"), WRONG.items(), ids=lambda value: "" if isinstance(value, str) else " ".join(value)
)
def test_a_usage_error_is_one_line_and_one_document(
    call: Call, arguments: tuple[str, ...], hint: str
) -> None:
    told = call(*arguments)
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("error[usage]: ")
    assert told.err.count("\n") == 1
    assert hint in told.err
    asked = call(*arguments, "--json")
    assert (asked.code, asked.err) == (2, "")
    assert asked.document["error"]["code"] == "usage"
    assert hint in asked.document["error"]["hint"]
    assert asked.document["error"].keys() == {"code", "title", "message", "location", "hint"}


@pytest.mark.parametrize(
    ("arguments", "verb"),
    [(("run", "p.yaml", "--env"), "run"), (("audit", "verify", "--trust"), "audit verify")],
)
def test_an_option_without_its_value_names_the_verb(
    call: Call, arguments: tuple[str, ...], verb: str
) -> None:
    told = call(*arguments)
    assert told.code == 2
    assert f"(connector-sdk {verb}); `connector-sdk {verb} --help` shows how it is used" in told.err


def test_json_goes_after_a_verb(call: Call) -> None:
    for arguments in (("--json",), ("--json", "connectors")):
        assert call(*arguments).document["error"]["message"] == "a verb is missing before --json"


def test_who_and_why_must_be_said(call: Call, poisoned: Path) -> None:
    for wrong in (("--actor", " ", "--reason", "x"), ("--actor", "jdoe", "--reason", "")):
        result = call("dead-letters", "discard", poisoned, *wrong, "--json")
        assert (result.code, result.document["error"]["code"]) == (2, "usage")
    assert len(call("dead-letters", "list", poisoned, "--json").document["dead_letters"]) == 1


NASTY = {
    "nothing": b"",
    "binary": bytes(range(256)),
    "deep": b"[" * 100_000,
    "a list": b"- 1\n- 2\n",
    "a bomb": b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "a secret": b"format: 1\npipeline: p\nsource: {connector: sql, config: {url: [hunter2]}}\n",
    "terminal codes": b"format: 1\n\x1b]0;owned\x07: 1\n",
    "wrong types": b"format: one\npipeline: [1]\nsource: 7\ndestination: null\nbatch_size: -1\n",
    "an unknown connector": b"format: 1\npipeline: p\nsource: {connector: x}\ndestination: {connector: y}\n",
}


@pytest.mark.parametrize(
    "verb", ["check", "run", "runs", "audit verify", "contract pin", "dead-letters list"]
)
@pytest.mark.parametrize("content", NASTY.values(), ids=NASTY)
def test_a_nasty_document_is_refused_in_plain_words(
    call: Call, tmp_path: Path, verb: str, content: bytes
) -> None:
    path = tmp_path / "pipeline.yaml"
    path.write_bytes(content)
    told = call(*verb.split(), path)
    asked = call(*verb.split(), path, "--json")
    assert told.code == asked.code
    if verb in {"runs", "dead-letters list", "audit verify"} and b"connector: x" in content:
        return  # these look at the ledger, and need no connector
    assert told.code == 2
    assert asked.document["error"]["code"]
    for text in (told.out, told.err, asked.out, asked.err):
        assert "Traceback" not in text
        assert "hunter2" not in text
        assert "\x1b" not in text
    assert sorted(tmp_path.iterdir()) == [path]


def test_paths_that_cannot_be_pipelines_are_refused(call: Call, tmp_path: Path) -> None:
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.yaml")
    paths = ["", "nowhere.yaml", str(tmp_path), "/dev/null", "a\nb", "x" * 5000, odd, f"{tmp_path}/\x1b[31m"]
    for path in paths:
        told, asked = call("check", path), call("check", path, "--json")
        assert (told.code, asked.code) == (2, 2), path
        assert asked.document["error"]["code"]
        assert "\x1b" not in told.err
        assert "Traceback" not in told.err
