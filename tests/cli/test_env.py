"""`--env`: every verb that takes a pipeline works in the environment it names, and only there."""

from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from connector_sdk.cli.app import app
from tests.cli.conftest import Call, records
from tests.cli_runs import write_lines

pytestmark = pytest.mark.slow

UAT = """\
ledger: uat/ledger.db
connections:
  files: {path: uat.jsonl}
  sql: {url: "sqlite:///uat.db"}
"""


@pytest.fixture
def both(folder: Path) -> Path:
    """Return a folder whose pipeline has 25 records in dev and 3 in uat."""
    path = folder / "subjects.yaml"
    path.write_text(path.read_text().replace("connector: files,", "connector: files, stream: subjects,"))
    (folder / "environments").mkdir()
    (folder / "environments" / "uat.yaml").write_text(UAT)
    write_lines(folder / "environments" / "uat.jsonl", records(3))
    return folder


def _verbs(command: Any) -> list[Any]:
    inner = getattr(command, "commands", {})
    return [leaf for part in inner.values() for leaf in _verbs(part)] if inner else [command]


def test_every_verb_that_takes_a_pipeline_takes_an_environment() -> None:
    verbs = [
        verb
        for verb in _verbs(get_command(app))
        if any(getattr(param, "metavar", "") == "PIPELINE" for param in verb.params)
    ]
    assert len(verbs) > 12
    without = [
        verb.name for verb in verbs if not any("--env" in getattr(param, "opts", ()) for param in verb.params)
    ]
    assert without == []


def test_runs_ledgers_and_targets_are_apart(call: Call, both: Path) -> None:
    assert call("run", both, "--json").document["applied"] == 25
    found = call("run", both, "--env", "uat", "--json").document
    assert (found["environment"], found["applied"]) == ("uat", 3)
    assert (both / "environments" / "uat" / "ledger.db").exists()
    assert (both / "environments" / "uat.db").exists()
    for env, read in (("dev", 25), ("uat", 3)):
        (run,) = call("runs", both, "--env", env, "--json").document["runs"]
        assert (run["environment"], run["read"]) == (env, read)
        assert call("runs", both, run["run"], "--env", env, "--json").document["read"] == read
        assert call("audit", "verify", both, "--env", env).code == 0
        assert call("audit", "checkpoint", both, "--env", env).code == 0
    assert call("trace", both, "--key", "0025", "--json").document["found"]
    assert not call("trace", both, "--key", "0025", "--env", "uat", "--json").document["found"]


def test_one_ledger_may_serve_several_environments(call: Call, both: Path) -> None:
    (both / "environments" / "uat.yaml").write_text(UAT.replace("ledger: uat/ledger.db\n", ""))
    assert call("run", both, "--json").document["applied"] == 25
    assert call("run", both, "--env", "uat", "--json").document["applied"] == 3
    assert [len(call("runs", both, "--env", env, "--json").document["runs"]) for env in ("dev", "uat")] == [
        1,
        1,
    ]
    assert call("audit", "verify", both).code == 0


def test_dead_letters_belong_to_their_environment(call: Call, both: Path) -> None:
    assert call("contract", "pin", both, "--env", "uat").code == 0
    source = both / "environments" / "uat.jsonl"
    source.write_text(source.read_text().replace('"n": 2}', '"n": 2, "n": 3}'))
    assert call("run", both, "--env", "uat").code == 65
    assert len(call("dead-letters", "list", both, "--env", "uat", "--json").document["dead_letters"]) == 1
    assert call("dead-letters", "list", both, "--json").document["dead_letters"] == []
    assert call("run", both).code == 0
    decided = ("--actor", "jdoe", "--reason", "test", "--env", "uat", "--json")
    shown = call("dead-letters", "show", both, "--reveal", *decided).document["dead_letters"]
    assert len(shown) == 1
    assert call("dead-letters", "redrive", both, *decided).document["dead_lettered"] == 1
    assert len(call("dead-letters", "discard", both, *decided).document["discarded"]) == 1
    assert call("run", both, "--env", "uat").code == 0


def test_contracts_are_shared_and_held_against_the_environments_source(call: Call, both: Path) -> None:
    assert call("contract", "pin", both).code == 0
    write_lines(both / "environments" / "uat.jsonl", [{"id": "1"}])
    assert call("contract", "diff", both).code == 0
    differing = call("contract", "diff", both, "--env", "uat", "--json")
    assert (differing.code, differing.document["error"]["code"]) == (65, "contract-differs")
    assert differing.document["error"]["hint"].endswith(" --env uat`")


def test_an_environment_that_is_not_there_is_told_with_those_that_are(call: Call, both: Path) -> None:
    result = call("run", both, "--env", "prod", "--json")
    assert (result.code, result.document["error"]["code"]) == (2, "environment-unknown")
    assert "dev, uat" in result.document["error"]["hint"]
    assert result.document["status"] == "failed"
    assert not (both / ".connector-sdk").exists()


def test_hints_name_the_environment(call: Call, both: Path) -> None:
    assert "subjects.yaml' --env uat" in call("check", both, "--env", "uat").out
    call("run", both, "--env", "uat")
    path = both / "environments" / "uat.yaml"
    path.write_text(path.read_text().replace("uat.db", "elsewhere.db"))
    error = call("run", both, "--env", "uat", "--json").document["error"]
    assert error["code"] == "destination-changed"
    assert "--env uat --full-refresh" in error["hint"]
    assert call("check", both, "--env", "uat", "--json").document["error"]["code"] == "destination-changed"


def test_the_first_of_several_refusals_says_how_many_more_there_are(
    call: Call, both: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UAT_URL", "sqlite:///hunter2.db")
    settings = 'gxp: true\nconnections: {sql: {url: "${env:UAT_URL}"}}\n'
    (both / "environments" / "uat.yaml").write_text(settings)
    error = call("run", both, "--env", "uat", "--json").document["error"]
    assert error["code"] == "env-secret-under-gxp"
    assert "--env uat` shows 1 more" in error["hint"]


@pytest.mark.req("P11-10d")
@pytest.mark.parametrize(
    ("environment", "code", "pinned"),  # to pin a contract, only the source is asked
    [
        ('gxp: true\nconnections: {sql: {url: "sqlite:///uat.db"}}\n', "ledger-default-under-gxp", 77),
        ('gxp: true\nledger: x.db\nconnections: {sql: {url: "${env:UAT_URL}"}}\n', "env-secret-under-gxp", 0),
        ('gxp: true\nledger: x.db\nhttp: {proxy: "http://${env:UAT_URL}"}\n', "env-secret-under-gxp", 77),
        ("ledger: x.db\nidentity: {sql: {org: x}}\n", "identity-unproven", 0),
    ],
)
def test_what_an_environment_demands_is_refused_on_record(
    call: Call, both: Path, monkeypatch: pytest.MonkeyPatch, environment: str, code: str, pinned: int
) -> None:
    monkeypatch.setenv("UAT_URL", "sqlite:///hunter2.db")
    (both / "environments" / "uat.yaml").write_text(environment)
    checked = call("check", both, "--env", "uat", "--json")
    assert (checked.code, checked.document["error"]["code"]) == (77, code)
    assert [found["check"] for found in checked.document["findings"]][-1] == "ledger"
    result = call("run", both, "--env", "uat", "--json")
    assert (result.code, result.document["status"]) == (77, "refused")
    error = result.document["error"]
    assert (error["code"], result.document["read"]) == (code, 0)
    assert error["location"].startswith(str(both / "environments" / "uat.yaml") + ":")
    assert "hunter2" not in result.out + checked.out
    (run,) = call("runs", both, "--env", "uat", "--json").document["runs"]
    assert (run["status"], run["error"]["code"]) == ("refused", code)
    assert call("contract", "pin", both, "--env", "uat").code == pinned
    assert not list(both.rglob("hunter2.db"))


def test_without_gxp_none_of_it_is_demanded(call: Call, both: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UAT_URL", "sqlite:///by-reference.db")
    (both / "environments" / "uat.yaml").write_text('connections: {sql: {url: "${env:UAT_URL}"}}\n')
    assert call("run", both, "--env", "uat").code == 0
    (both / "environments" / "uat.yaml").write_text(
        'gxp: true\nledger: x.db\nconnections: {sql: {url: "${file:url.txt}"}}\n'
    )
    (both / "environments" / "url.txt").write_text("sqlite:///by-file.db")
    assert call("run", both, "--env", "uat").code == 0
    assert (both / "environments" / "by-file.db").exists()
