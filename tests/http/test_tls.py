"""TLS: verified always, refused once and never again with less."""

from pathlib import Path

import pytest

from connector_sdk.clock import SYSTEM_CLOCK
from connector_sdk.errors import ComplianceError, ConfigurationError, UnreachableError
from connector_sdk.http.layers.transport import open_transport
from connector_sdk.http.policy import HttpSettings, RetryPolicy
from tests.clocks import FakeClock
from tests.http.answers import HANG_UP, answer, replied, serving
from tests.http.certificates import Authority, authority, server_context
from tests.http.connections import wired


@pytest.fixture(scope="module")
def trusted() -> Authority:
    return authority()


def test_an_authority_of_the_environment_is_trusted(tmp_path: Path, trusted: Authority) -> None:
    settings = HttpSettings(ca_bundle=trusted.bundle(tmp_path))
    with (
        serving(answer(), tls=server_context(trusted.issued(tmp_path, "127.0.0.1"))) as server,
        wired(server.url, settings=settings) as (http, _),
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
    with serving(answer(), tls=server_context(shown)) as server:
        patient = {"retry": RetryPolicy(), "clock": FakeClock(), "settings": settings}
        with wired(server.url, **patient) as (http, ears):
            with pytest.raises(ComplianceError) as caught:
                http.get("/x")
            assert (caught.value.code, caught.value.exit_code) == ("tls-refused", 77)
            assert [refusal.code for refusal in ears.refusals] == ["tls-refused"]
            assert ears.exchanges[0].attempts == 1
        assert (server.asked, server.connections) == ([], 1)


def test_a_server_that_speaks_no_tls_is_refused() -> None:
    with (
        serving(replied(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server,
        wired(f"https://127.0.0.1:{server.port}") as (http, _),
    ):
        with pytest.raises(ComplianceError) as caught:
            http.get("/x")
        assert caught.value.code == "tls-refused"


def test_a_handshake_that_breaks_off_proves_nothing_and_may_pass() -> None:
    with serving(HANG_UP) as server, wired(f"https://127.0.0.1:{server.port}") as (http, _):
        with pytest.raises(UnreachableError) as caught:
            http.get("/x")
        assert caught.value.code == "unreachable"


def test_a_client_shows_its_certificate(tmp_path: Path, trusted: Authority) -> None:
    bundle = trusted.bundle(tmp_path)
    settings = HttpSettings(ca_bundle=bundle, client_cert=trusted.issued(tmp_path, "client.example"))
    context = server_context(trusted.issued(tmp_path, "127.0.0.1"), trusted=bundle)
    with serving(answer(), tls=context) as server, wired(server.url, settings=settings) as (http, _):
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
