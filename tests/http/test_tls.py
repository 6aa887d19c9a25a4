"""TLS: verified always, refused once and never again with less."""

from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from connector_sdk.clock import SYSTEM_CLOCK
from connector_sdk.errors import ComplianceError, ConfigurationError, UnreachableError
from connector_sdk.http.client import Http
from connector_sdk.http.layers.transport import open_transport
from connector_sdk.http.policy import HttpSettings, RetryPolicy
from tests.clocks import FakeClock
from tests.http.certificates import Authority, authority, tls_server
from tests.http.connections import Ears, wired
from tests.http.fault_server import speaking_first

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture(scope="module")
def trusted() -> Authority:
    return authority()


def _trusting(port: int, settings: HttpSettings) -> AbstractContextManager[tuple[Http, Ears]]:
    return wired(f"https://127.0.0.1:{port}", settings=settings)


def test_an_authority_of_the_environment_is_trusted(tmp_path: Path, trusted: Authority) -> None:
    settings = HttpSettings(ca_bundle=trusted.bundle(tmp_path))
    with (
        tls_server(trusted.issued(tmp_path, "127.0.0.1"), OK) as (port, _),
        _trusting(port, settings) as (http, _ears),
    ):
        assert http.get("/x").json() == {}


@pytest.mark.parametrize("fault", ["unknown authority", "other host", "expired"])
def test_a_server_that_cannot_prove_who_it_is_is_refused(
    tmp_path: Path, trusted: Authority, fault: str
) -> None:
    signer = authority() if fault == "unknown authority" else trusted
    name = "other.example" if fault == "other host" else "127.0.0.1"
    shown = signer.issued(tmp_path, name, days=-1 if fault == "expired" else 1)
    settings = HttpSettings(ca_bundle=trusted.bundle(tmp_path))
    with tls_server(shown, OK) as (port, requests):
        patient = {"retry": RetryPolicy(), "clock": FakeClock(), "settings": settings}
        with wired(f"https://127.0.0.1:{port}", **patient) as (http, ears):
            with pytest.raises(ComplianceError) as caught:
                http.get("/x")
            assert (caught.value.code, caught.value.exit_code) == ("tls-refused", 77)
            assert [refusal.code for refusal in ears.refusals] == ["tls-refused"]
            assert ears.exchanges[0].attempts == 1
    assert requests == []


def test_a_server_that_speaks_no_tls_is_refused() -> None:
    with (
        speaking_first(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port,
        wired(f"https://127.0.0.1:{port}") as (http, _),
    ):
        with pytest.raises(ComplianceError) as caught:
            http.get("/x")
        assert caught.value.code == "tls-refused"


def test_a_handshake_that_breaks_off_proves_nothing_and_may_pass() -> None:
    with speaking_first(b"") as port, wired(f"https://127.0.0.1:{port}") as (http, _):
        with pytest.raises(UnreachableError) as caught:
            http.get("/x")
        assert caught.value.code == "unreachable"


def test_a_client_shows_its_certificate(tmp_path: Path, trusted: Authority) -> None:
    bundle = trusted.bundle(tmp_path)
    settings = HttpSettings(ca_bundle=bundle, client_cert=trusted.issued(tmp_path, "client.example"))
    with (
        tls_server(trusted.issued(tmp_path, "127.0.0.1"), OK, trusted=bundle) as (port, _),
        _trusting(port, settings) as (http, _ears),
    ):
        assert http.get("/x").json() == {}


@pytest.mark.parametrize("name", ["ca_bundle", "client_cert"])
@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_certificate_files_that_cannot_be_used_are_settings(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    path = tmp_path / "some.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        open_transport(HttpSettings(**{name: path}), SYSTEM_CLOCK)  # type: ignore[arg-type]  # one of two paths
    assert caught.value.code == "certificate-unusable"
