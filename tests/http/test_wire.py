"""The wire: who cannot be reached, whom a name leads to, TLS, threads, and sockets that are given back."""

import gc
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import respx

from connector_sdk.errors import ComplianceError, ConfigurationError, ConnectorError, UnreachableError
from connector_sdk.http.client import Http
from connector_sdk.http.layers.transport import open_transport
from connector_sdk.http.policy import HttpSettings, Timeouts
from connector_sdk.secrets import Secret
from tests.clocks import FakeClock
from tests.http.answers import HANG_UP, answer, serving
from tests.http.connections import BASE, ONCE, connected, policy, reply, wired

pytestmark = pytest.mark.slow


def _resolved(monkeypatch: pytest.MonkeyPatch, where: Callable[[str], str | Exception]) -> None:
    """Let names lead where a test says."""
    original = socket.getaddrinfo

    def resolve(host: str, port: int, *rest: Any, **more: Any) -> Any:
        found = where(host)
        if isinstance(found, Exception):
            raise found
        return original(found, port, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def test_a_closed_port_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with wired(f"http://127.0.0.1:{port}") as (http, _), pytest.raises(UnreachableError) as caught:
        http.get("/x")
    assert (caught.value.code, caught.value.exit_code) == ("unreachable", 75)
    assert f"127.0.0.1:{port}" in str(caught.value)


@pytest.mark.parametrize(
    ("errno", "error", "code"),
    [
        (socket.EAI_NONAME, ConfigurationError, "host-unknown"),
        (socket.EAI_AGAIN, UnreachableError, "unreachable"),
    ],
)
def test_an_unknown_host_is_a_setting_and_a_silent_name_server_is_not(
    monkeypatch: pytest.MonkeyPatch, errno: int, error: type[ConnectorError], code: str
) -> None:
    _resolved(monkeypatch, lambda _: socket.gaierror(errno, "told by a test"))
    with wired(BASE) as (http, _), pytest.raises(error) as caught:
        http.get("/x")
    assert caught.value.code == code


@pytest.mark.parametrize(("host", "peer"), [("api.acme.example", "127.0.0.1"), ("2130706433", "127.0.0.1")])
def test_a_name_that_leads_to_this_machine_is_refused_before_a_byte_is_sent(
    monkeypatch: pytest.MonkeyPatch, host: str, peer: str
) -> None:
    _resolved(monkeypatch, lambda _: peer)
    with serving(answer()) as server:
        base = f"https://{host}:{server.port}"
        with wired(base) as (http, ears), pytest.raises(ComplianceError) as caught:
            http.request("POST", "/x", json={"a": 1})
        assert (caught.value.code, caught.value.exit_code) == ("peer-refused", 77)
        assert [refusal.code for refusal in ears.refusals] == ["peer-refused"]
        gc.collect()
    assert server.connections <= 1
    assert server.asked == []


def test_this_machine_by_its_own_names_is_meant() -> None:
    with serving(answer()) as server, wired(f"http://localhost:{server.port}") as (http, _):
        assert http.get("/x").status_code == 200


def test_localhost_that_leads_away_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(answer()) as server, wired(f"http://localhost:{server.port}") as (http, _):
        monkeypatch.setattr("connector_sdk.http.network.is_local", lambda address: address == "localhost")
        with pytest.raises(ComplianceError) as caught:
            http.get("/x")
        assert caught.value.code == "peer-refused"


def test_through_a_proxy_the_name_is_the_proxys_business(monkeypatch: pytest.MonkeyPatch) -> None:
    _resolved(monkeypatch, lambda _: "127.0.0.1")
    with serving(answer()) as server:
        settings = HttpSettings(proxy=Secret(f"http://proxy.acme.example:{server.port}"))
        with wired("http://127.0.0.1:9", settings=settings) as (http, _):
            assert http.get("/x").status_code == 200
        assert (server.asked[0].method, server.asked[0].target) == ("GET", "http://127.0.0.1:9/x")


def test_a_proxy_that_wants_other_credentials_is_a_setting() -> None:
    with serving(answer(b"", 407)) as server:
        settings = HttpSettings(proxy=Secret(f"http://u:hunter2@127.0.0.1:{server.port}"))
        with wired(BASE, settings=settings) as (http, _), pytest.raises(ConfigurationError) as caught:
            http.get("/x")
    assert caught.value.code == "proxy-refused"


@pytest.mark.parametrize("proxy", ["ftp://u:hunter2@h", "http://u:hunter2@h:port", "socks5://u:hunter2@h"])
def test_a_proxy_that_is_none_is_told_without_its_password(proxy: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        open_transport(HttpSettings(proxy=Secret(proxy)), FakeClock())
    assert caught.value.code == "proxy-unusable"
    assert "hunter2" not in str(caught.value)


def test_no_proxy_is_taken_from_environment_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving(answer()) as server, wired(server.url) as (http, _):
        assert http.get("/x").status_code == 200


def test_all_connections_in_use_is_told_as_that() -> None:
    with (
        connected(httpx.PoolTimeout("full"), retry=ONCE) as (http, _, _ears),
        pytest.raises(UnreachableError) as caught,
    ):
        http.get("/x")
    assert caught.value.code == "connections-busy"


def test_a_header_that_is_none_is_a_setting() -> None:
    with serving(answer()) as server, wired(server.url) as (http, _):
        with pytest.raises(ConfigurationError) as caught:
            http.request("POST", "/x", headers={"X-Note": "hunter2\r\nX-Evil: 1"})
        assert caught.value.code == "request-unsendable"
        assert "hunter2" not in str(caught.value)
        assert server.asked == []


def test_an_unrelated_error_under_way_does_not_decide() -> None:
    """What was being handled when the call was made is no cause of what the call met."""
    with connected(httpx.ConnectError("refused"), retry=ONCE) as (http, _, _ears):
        try:
            raise socket.gaierror(socket.EAI_NONAME, "another matter")
        except OSError:
            with pytest.raises(UnreachableError):
                http.get("/x")


def test_a_connection_closed_without_an_answer_is_no_answer() -> None:
    with (
        serving(HANG_UP) as server,
        wired(server.url) as (http, _),
        pytest.raises(UnreachableError) as caught,
    ):
        http.get("/x")
    assert caught.value.code == "no-answer"


def test_twenty_threads_share_one_connection() -> None:
    with serving(answer(b'{"ok": true}')) as server, wired(server.url) as (http, ears):
        together = threading.Barrier(20)

        def call(number: int) -> str:
            together.wait(10)
            return http.get("/x/{n}", values={"n": str(number)}).text

        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(call, range(20)))
        assert answers == ['{"ok": true}'] * 20
        assert http.figures.attempts == len(ears.exchanges) == len(http.exchanges()) == 20
        assert len({asked.target for asked in server.asked}) == 20


def test_closing_gives_every_socket_back_and_use_after_it_opens_new_ones() -> None:
    """A socket left open is a ResourceWarning, and warnings are errors here."""
    with serving(answer()) as server:
        http = Http(policy(base_url=server.url))
        http.get("/x")
        http.close()
        http.close()
        assert http.get("/x").status_code == 200
        assert server.connections == 2
        http.close()
        del http
        gc.collect()


def test_a_total_that_is_over_before_a_byte_was_sent_is_late() -> None:
    settings = HttpSettings(timeouts=Timeouts(total=0))
    with (
        serving(answer()) as server,
        wired(server.url, settings=settings) as (http, _),
        pytest.raises(UnreachableError) as caught,
    ):
        http.get("/x")
    assert caught.value.code == "answer-too-slow"


def test_respx_sees_every_attempt() -> None:
    """Authors test with respx, which stands in below the whole stack."""
    with respx.mock(base_url=BASE) as mocked:
        route = mocked.get("/x").mock(side_effect=[httpx.Response(503), httpx.Response(200, json={"a": 1})])
        with Http(policy(), clock=FakeClock()) as http:
            assert http.get("/x").json() == {"a": 1}
        assert route.call_count == 2
        assert reply().status_code == 200
