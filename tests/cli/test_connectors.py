"""Connectors are what is installed: found by their entry points, broken ones told, uninstalled ones gone."""

import re
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Call

GOOD = '''
from decimal import Decimal
from typing import Annotated, Literal

from connector_sdk import (
    Completeness, Config, Connector, Delivery, Key, Record, Secret, Sink, Stream, hookimpl,
)


class Visit(Record):
    id: Annotated[str, Key]


class Visits(Stream):
    record = Visit
    completeness = Completeness.PROVEN

    def read(self, call, position):
        return iter(())


class Target(Sink):
    delivery = Delivery.EFFECTIVELY_ONCE

    def check(self, call, schema, write):
        pass

    def write(self, call, batch):
        return []


class AcmeConfig(Config):
    url: str
    """Where the
    system is."""
    token: Secret
    rate: Decimal = Decimal("1.10")
    kind: Literal["lab", "clinic"] | None = None


class Acme(Connector[AcmeConfig]):
    """Laboratory samples."""

    name, vendor, api_versions = "acme", "Acme LIMS", ("2026-01",)
    visits = Visits()
    results = Target()


@hookimpl
def connector_register(register):
    register(Acme)
'''
BROKEN = "raise RuntimeError('no driver: password=hunter2\\x1b[31m')"
LEAVING = "raise SystemExit(3)"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder on the module path, as a place to install into."""
    place = tmp_path / "site"
    place.mkdir()
    monkeypatch.syspath_prepend(str(place))
    return place


def install(site: Path, name: str, code: str) -> Path:
    """Install a distribution `connector-<name>` and return its metadata."""
    (site / f"connector_{name}_plugin.py").write_text(code)
    info = site / f"connector_{name}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: connector-{name}\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(f"[connector_sdk]\n{name} = connector_{name}_plugin\n")
    return info


def test_what_is_installed_is_listed_and_what_is_uninstalled_is_gone(call: Call, site: Path) -> None:
    info = install(site, "acme", GOOD)
    listed = {found["name"]: found for found in call("connectors", "--json").document["connectors"]}
    assert {"acme", "files", "sql"} <= listed.keys()
    assert listed["acme"] == {
        "name": "acme",
        "vendor": "Acme LIMS",
        "distribution": "connector-acme",
        "version": "1.2",
        "state": "ready",
        "reason": "",
        "tier": "",
        "assurance": "",
    }
    assert re.search(r"^acme +Acme LIMS +connector-acme +1\.2 +ready$", call("connectors").out, re.MULTILINE)
    shutil.rmtree(info)
    again = call("connectors", "--json").document["connectors"]
    assert [found["name"] for found in again] == sorted(listed.keys() - {"acme"})
    assert call("describe", "acme", "--json").document["error"]["code"] == "unknown-connector"


@pytest.mark.parametrize(
    ("code", "reason"), [(BROKEN, "RuntimeError: no driver"), (LEAVING, "SystemExit: 3")]
)
def test_a_broken_connector_is_listed_with_its_reason_and_harms_no_other(
    call: Call, site: Path, code: str, reason: str
) -> None:
    install(site, "wreck", code)
    result = call("connectors", "--json")
    assert result.code == 0
    listed = {found["name"]: found for found in result.document["connectors"]}
    assert listed["wreck"]["state"] == "broken"
    assert listed["wreck"]["reason"].startswith(reason)
    assert listed["files"]["state"] == "ready"
    shown = call("connectors").out
    assert "broken" in shown
    assert reason in shown
    assert "hunter2" not in result.out + shown
    assert "\x1b" not in shown
    described = call("describe", "wreck", "--json")
    assert (described.code, described.document["error"]["code"]) == (2, "broken-connector")


def test_a_name_that_two_distributions_bring_is_nobodys(call: Call, site: Path) -> None:
    info = install(site, "acme", GOOD)
    other = shutil.copytree(info, site / "acme_fork-3.dist-info")
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-fork\nVersion: 3\n")
    result = call("describe", "acme", "--json")
    assert (result.code, result.document["error"]["code"]) == (2, "ambiguous-connector")
    assert "acme-fork, connector-acme" in result.document["error"]["message"]


def test_describe_tells_settings_streams_and_sinks(call: Call, site: Path) -> None:
    install(site, "acme", GOOD)
    result = call("describe", "acme", "--json")
    assert result.code == 0
    assert '"default":1.10' in result.out
    assert result.document == {
        "name": "acme",
        "vendor": "Acme LIMS",
        "about": "Laboratory samples.",
        "distribution": "connector-acme",
        "version": "1.2",
        "api_versions": ["2026-01"],
        "capabilities": ["idempotent_write", "read", "write"],
        "config": [
            _setting("url", "text", required=True, description="Where the system is."),
            _setting("token", "text", required=True, secret=True),
            _setting("rate", "decimal", default=1.1),
            _setting("kind", "lab | clinic"),
        ],
        "streams": [{"name": "visits", "completeness": "P", "fields": ["id"]}],
        "sinks": [
            {
                "name": "results",
                "delivery": "E",
                "modes": ["upsert", "insert", "update", "append"],
                "keyed": False,
                "sends_keys": False,
            }
        ],
    }
    shown = call("describe", "acme").out
    for line in (
        "token    text, secret  required",
        "visits  P proven",
        "results  E effectively once",
        "idempotent_write, read, write",
    ):
        assert line in shown, shown


def test_describe_tells_that_names_are_free(call: Call) -> None:
    assert "any name" in call("describe", "sql").out
    streams = call("describe", "files", "--json").document["streams"]
    assert [stream["name"] for stream in streams] == [None]


def test_an_unknown_connector_is_named_with_those_there_are(call: Call) -> None:
    result = call("describe", "filez")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("error[unknown-connector]: there is no connector 'filez'; installed: files")


def _setting(
    name: str,
    kind: str,
    *,
    required: bool = False,
    default: object = None,
    secret: bool = False,
    description: str = "",
) -> dict[str, object]:
    return {
        "name": name,
        "type": kind,
        "required": required,
        "default": default,
        "secret": secret,
        "description": description,
    }
