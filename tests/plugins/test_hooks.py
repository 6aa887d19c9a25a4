"""Hooks: who is asked about what, and what happens when one of them fails."""

import logging

import pytest

from connector_sdk.clock import SYSTEM_CLOCK
from connector_sdk.config import Config
from connector_sdk.errors import AuditUnavailableError, ConfigurationError, UnavailableError
from connector_sdk.events import BatchCommitted, CallFinished, Event, Happening, QuotaObserved, happened
from connector_sdk.manifest import Manifest
from connector_sdk.plugins.hooks import load_hooks
from tests.hook_modules import Modules, modules

__all__ = ["modules"]

BATCH = BatchCommitted(
    partition="dev/p/main/all",
    batch=1,
    records=0,
    applied=0,
    superseded=0,
    filtered=0,
    dead_lettered=0,
    in_doubt=0,
    duration=0.1,
)
LISTENS = "@hookimpl\ndef connector_event(event):\n    heard.append(event.type)\n"
FAILS = "@hookimpl\ndef connector_event(event):\n    raise {}\n"
RULES = """
from connector_sdk.compliance import Rule
@hookimpl
def connector_rules(manifest):
    heard.append(manifest.connector)
    return [Rule({!r}, lambda outgoing: None)]
"""


def call(connector: str) -> CallFinished:
    return CallFinished(
        connector=connector, method="GET", host="h", path="/{id}", status=200, attempts=1, duration=0.1
    )


def event(data: Happening) -> Event:
    return happened(data, SYSTEM_CLOCK, source="test")


def broken(*connectors: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_hooks(connectors)
    assert caught.value.code == "broken-hooks"
    return str(caught.value)


@pytest.mark.parametrize("failure", ["ValueError('patient 4711')", "SystemExit(3)"])
def test_an_event_hook_that_fails_is_counted_and_the_others_still_hear(
    modules: Modules, caplog: pytest.LogCaptureFixture, failure: str
) -> None:
    modules.company(FAILS.format(failure), "aa_failing")
    modules.company(LISTENS, "bb_listening")
    hooks = load_hooks([])
    with caplog.at_level(logging.WARNING, "connector_sdk"):
        for _ in range(3):
            hooks.emit(event(BATCH))
    assert hooks.failures == 3
    assert modules.heard("bb_listening") == ["batch.committed"] * 3
    assert len(caplog.records) == 1, "a failure is logged once"
    assert failure.partition("(")[0] in caplog.text
    assert "patient" not in caplog.text


@pytest.mark.req("G4")
@pytest.mark.parametrize("failure", ["OSError('disk of patient 4711')", "SystemExit(3)"])
def test_an_audit_hook_that_fails_fails_the_call(modules: Modules, failure: str) -> None:
    modules.company(f"@hookimpl\ndef connector_audit(record):\n    raise {failure}\n")
    hooks = load_hooks([])
    with pytest.raises(AuditUnavailableError) as caught:
        hooks.record(event(call("lab")))
    assert caught.value.code == "audit-hook-failed"
    assert caught.value.exit_code == 75
    assert "patient" not in str(caught.value)


def test_a_company_is_asked_about_every_connection_and_a_connector_about_its_own(modules: Modules) -> None:
    modules.company(RULES.format("company") + LISTENS)
    modules.connector(RULES.format("one"), "one_lab")
    modules.connector(RULES.format("two") + LISTENS, "two_lab")
    hooks = load_hooks(["one_lab", "two_lab"])
    assert [rule.name for rule in hooks.rules(Manifest("one_lab"))] == ["company", "one"]
    assert [rule.name for rule in hooks.rules(Manifest("two_lab"))] == ["company", "two"]
    modules.heard().clear()
    modules.heard("two_lab").clear()
    for data in (BATCH, QuotaObserved(connector="one_lab", used=1, limit=2), call("two_lab")):
        hooks.emit(event(data))
    assert modules.heard() == ["batch.committed", "quota.observed", "call.finished"]
    assert modules.heard("two_lab") == ["batch.committed", "call.finished"]


def test_the_first_credentials_count_the_companys_before_the_connectors(modules: Modules) -> None:
    gives = (
        "from connector_sdk.http.auth import NoAuth\n"
        "class {0}(NoAuth): pass\n"
        "@hookimpl\ndef connector_auth(manifest, config):\n"
        "    return {0}() if manifest.environment == {1!r} else None\n"
    )
    modules.company(gives.format("Vault", "prod"))
    modules.connector(gives.format("Own", "dev"), "one_lab")
    hooks = load_hooks(["one_lab"])
    for environment, name in {"prod": "Vault", "dev": "Own", "uat": "NoneType"}.items():
        found = hooks.auth(Manifest("one_lab", environment=environment), Config())
        assert type(found).__name__ == name
    assert hooks.auth(Manifest("other"), Config()) is None


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import not_there_at_all", "ModuleNotFoundError"),
        ("raise SystemExit('not today')", "not today"),
        ("raise RuntimeError('token=hunter2')", "RuntimeError"),
        ("@hookimpl\ndef connector_rulez(manifest):\n    return []\n", "connector_rulez"),
        ("@hookimpl\ndef connector_rules(manifst):\n    return []\n", "manifst"),
    ],
)
def test_a_company_module_that_cannot_be_used_fails_closed(modules: Modules, code: str, reason: str) -> None:
    modules.company(code)
    told = broken()
    assert "'company_hooks'" in told
    assert reason in told
    assert "hunter2" not in told


@pytest.mark.parametrize("answer", ["raise ValueError('x')", "return ['no rule']", "return 7"])
def test_rules_that_cannot_be_had_fail_closed(modules: Modules, answer: str) -> None:
    modules.company(f"@hookimpl\ndef connector_rules(manifest):\n    {answer}\n")
    with pytest.raises(ConfigurationError) as caught:
        load_hooks([]).rules(Manifest("lab"))
    assert caught.value.code == "broken-hooks"


def test_credentials_that_are_none_fail_closed(modules: Modules) -> None:
    modules.company("@hookimpl\ndef connector_auth(manifest, config):\n    return 'token'\n")
    with pytest.raises(ConfigurationError) as caught:
        load_hooks([]).auth(Manifest("lab"), Config())
    assert caught.value.code == "broken-hooks"


def test_a_layer_for_a_place_that_there_is_not_fails_closed(modules: Modules) -> None:
    modules.company(
        "from connector_sdk.http.layer import ExtraLayer\n"
        "@hookimpl\ndef connector_layers(manifest):\n"
        "    return [ExtraLayer(lambda request, send: send(request), outside='body')]\n"
    )
    with pytest.raises(ConfigurationError, match="attempt span") as caught:
        load_hooks([]).layers(Manifest("lab"))
    assert caught.value.code == "broken-hooks"


def test_an_error_of_ours_passes_as_it_is(modules: Modules) -> None:
    modules.company(
        "from connector_sdk.errors import UnavailableError\n"
        "@hookimpl\ndef connector_auth(manifest, config):\n"
        "    raise UnavailableError('the vault is down', code='vault-down')\n"
    )
    with pytest.raises(UnavailableError):
        load_hooks([]).auth(Manifest("lab"), Config())


def test_a_module_in_both_groups_is_asked_once(modules: Modules) -> None:
    modules.connector(LISTENS, "one_lab")
    points = next(path for path in modules.site.folder.rglob("entry_points.txt"))
    points.write_text(points.read_text() + "[connector_sdk_hooks]\nagain = one_lab\n")
    load_hooks(["one_lab"]).emit(event(BATCH))
    assert modules.heard("one_lab") == ["batch.committed"]


def test_a_plugin_with_a_hook_that_there_is_not_is_broken(modules: Modules) -> None:
    modules.connector("@hookimpl\ndef connector_evnet(event):\n    pass\n", "one_lab")
    with pytest.raises(ConfigurationError) as caught:
        load_hooks(["one_lab"])
    assert caught.value.code == "broken-connector"
    assert "connector_evnet" in str(caught.value)
