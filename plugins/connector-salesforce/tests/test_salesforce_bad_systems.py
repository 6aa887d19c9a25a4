"""A system that is not there, not the one, or not itself: a clear line, the right code, and nothing moved."""

import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from connector_salesforce.simulator import SalesforceSimulator

from connector_sdk.cli import boundary
from connector_sdk.clock import SystemClock

pytestmark = pytest.mark.slow

SECRET = "0F1E2D3C4B5A69788796"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    real = SystemClock.sleep

    def sleep(self: SystemClock, seconds: float, wake: threading.Event | None = None) -> bool:
        return real(self, seconds, wake) if wake is not None else False

    monkeypatch.setattr(SystemClock, "sleep", sleep)


@pytest.fixture
def org() -> Iterator[SalesforceSimulator]:
    with SalesforceSimulator(seed=11, records=250) as simulator:
        yield simulator


def _pipeline(folder: Path, config: dict[str, Any]) -> str:
    document = {
        "format": 1,
        "pipeline": "contacts",
        "source": {"connector": "salesforce", "stream": "Contact", "config": config},
        "destination": {"connector": "sql", "sink": "contact", "config": {"url": "sqlite:///out.db"}},
    }
    path = folder / "pipeline.yaml"
    path.write_text(json.dumps(document))
    return str(path)


def _run(path: str, capfd: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict[str, Any], str]:
    code = boundary.run(["run", path, "--json", *more])
    out, errors = capfd.readouterr()
    assert "Traceback" not in out + errors
    assert SECRET not in out + errors
    assert out.count("\n") == 1
    return code, json.loads(out), errors


HUGE = "x" * 5_000_000

CASES = [
    pytest.param({"html": True}, 70, "body-not-json", id="html instead of json"),
    pytest.param({"status": 400, "body": HUGE}, 70, "http-400", id="5 MB error body"),
    pytest.param({"status": 500, "body": HUGE}, 75, "http-500", id="5 MB of outage"),
    pytest.param(
        {"status": 403, "body": '[{"errorCode": "API_DISABLED_FOR_ORG"}]'}, 70, "salesforce:", id="no API"
    ),
    pytest.param({"cut": 40}, 70, "body-cut", id="cut answer"),
    pytest.param({"close": "before"}, 75, "no-answer", id="dropped connection"),
    pytest.param(
        {"status": 302, "headers": {"Location": "https://login.example/"}}, 77, "redirect-", id="elsewhere"
    ),
]


@pytest.mark.parametrize(("fault", "exit_code", "code"), CASES)
def test_an_answer_that_is_none_moves_nothing(
    org: SalesforceSimulator,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    fault: dict[str, Any],
    exit_code: int,
    code: str,
) -> None:
    path = _pipeline(tmp_path, org.config)
    before = _run(path, capfd)[1]["cursor"]
    org.fault({"path": "/query"}, times=None, **fault)
    ended, document, errors = _run(path, capfd)
    assert (ended, document["read"], document["cursor"]) == (exit_code, 0, before)
    error = document["error"]
    assert error["code"].startswith(code)
    assert error["hint"]
    assert len(error["message"]) < 300
    assert not re.search(r"x{50}|<html", errors)
    org.faults.clear()
    assert _run(path, capfd)[0] == 0


def test_credentials_that_are_not_accepted(
    org: SalesforceSimulator, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = _pipeline(tmp_path, {**org.config, "client_secret": SECRET})
    code, document, _ = _run(path, capfd)
    assert (code, document["error"]["code"], document["status"]) == (70, "oauth-refused", "aborted")
    assert document["calls"]["source"] == 1, "credentials are never tried again: that locks accounts"
    assert SECRET.encode() not in (tmp_path / ".connector-sdk" / "ledger.db").read_bytes()


def test_a_system_that_is_not_there(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    config = {"base_url": "http://127.0.0.1:9", "client_id": "id", "client_secret": SECRET}
    code, document, _ = _run(_pipeline(tmp_path, config), capfd)
    assert (code, document["error"]["code"], document["status"]) == (75, "unreachable", "parked")
    assert "127.0.0.1:9" in document["error"]["message"]


def test_plaintext_to_another_machine_is_refused_and_recorded(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    config = {"base_url": "http://acme.my.salesforce.com", "client_id": "id", "client_secret": SECRET}
    path = _pipeline(tmp_path, config)
    code, document, _ = _run(path, capfd)
    assert (code, document["error"]["code"], document["status"]) == (77, "plaintext-http", "refused")
    assert document["calls"]["source"] == 0
    assert boundary.run(["audit", "verify", path]) == 0
    assert b"compliance.refused" in (tmp_path / ".connector-sdk" / "ledger.db").read_bytes()


def test_another_tenant_than_the_environment_names(
    org: SalesforceSimulator, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = _pipeline(tmp_path, org.config)
    folder = tmp_path / "environments"
    folder.mkdir()
    (folder / "prod.yaml").write_text("identity: {salesforce: {org: 00D000000000001AAA}}\n")
    code, document, _ = _run(path, capfd, "--env", "prod")
    assert (code, document["error"]["code"], document["cursor"]) == (77, "identity-mismatch", None)
    assert org.organization in document["error"]["message"]
    assert not (tmp_path / "out.db").exists()
    (folder / "prod.yaml").write_text(f"identity: {{salesforce: {{org: {org.organization}}}}}\n")
    assert _run(path, capfd, "--env", "prod")[0] == 0


def test_a_field_the_user_may_no_longer_read(
    org: SalesforceSimulator, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = _pipeline(tmp_path, org.config)
    assert boundary.run(["contract", "pin", path]) == 0
    capfd.readouterr()
    before = _run(path, capfd)[1]["cursor"]
    org.store.hide("Contact", "Email")
    code, document, _ = _run(path, capfd)
    assert (code, document["error"]["code"], document["cursor"]) == (65, "contract-changed", before)
    assert "'Email' is not there" in document["error"]["message"]
