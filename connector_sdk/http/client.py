"""What a connector sends its requests with."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any, Self

import httpx

from connector_sdk.clock import SYSTEM_CLOCK, Clock
from connector_sdk.compliance import Refusal, Rule
from connector_sdk.events import Happening, QuotaObserved
from connector_sdk.http.builder import Params, RequestBuilder
from connector_sdk.http.exchange import Exchange, Figures, Quota
from connector_sdk.http.layer import ExtraLayer
from connector_sdk.http.layers.transport import open_transport
from connector_sdk.http.observer import SILENT, Observer
from connector_sdk.http.policy import HttpPolicy
from connector_sdk.http.stack import Surroundings, build


class Http:
    """Requests to one system, through the whole stack (`connector_sdk.http.stack`).

    Every method returns a response that succeeded and whose body is complete, or raises a ConnectorError.
    """

    def __init__(
        self,
        policy: HttpPolicy,
        *,
        clock: Clock = SYSTEM_CLOCK,
        observer: Observer = SILENT,
        rules: Sequence[Rule] = (),
        extra: Sequence[ExtraLayer] = (),
        pool: httpx.BaseTransport | None = None,
    ) -> None:
        self.clock = clock
        self._policy = policy
        self._pool = pool or open_transport(policy.settings, clock)
        self._kept = _Kept(observer)
        self._quota: Quota | None = None
        self._builder = RequestBuilder(
            policy.base_url,
            {
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
                "User-Agent": f"connector-sdk {policy.connector}",
                **policy.headers,
            },
            policy.settings.timeouts.of_a_request,
        )
        self._send = build(policy, Surroundings(clock, self._kept, rules, extra, self._pool))

    def request(
        self,
        method: str,
        path: str,
        *,
        values: Mapping[str, str] | None = None,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | None = None,
        form: Mapping[str, str] | None = None,
        repeatable: bool | None = None,
    ) -> httpx.Response:
        """Send one request; see `RequestBuilder.request` for what the parts mean.

        Raises OutcomeUnknownError for a write that is not `repeatable` and got no clear answer.
        """
        return self._through(
            self._builder.request(
                method,
                path,
                values=values,
                params=params,
                headers=headers,
                json=json,
                content=content,
                form=form,
                repeatable=repeatable,
            )
        )

    def get(
        self,
        path: str,
        *,
        values: Mapping[str, str] | None = None,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Read what stands at a path below the base URL."""
        return self.request("GET", path, values=values, params=params, headers=headers)

    def follow(self, url: str, template: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Read what stands at a URL that the server gave; `template` is what it is called in records."""
        return self._through(self._builder.follow(url, template, headers))

    @property
    def observer(self) -> Observer:
        """Who is told of what happens here."""
        return self._kept.observer

    @observer.setter
    def observer(self, observer: Observer) -> None:
        self._kept.observer = observer

    def exchanges(self) -> list[Exchange]:
        """Return the calls since this was asked last, in order, and forget them."""
        return self._kept.drain()

    @property
    def figures(self) -> Figures:
        """What all calls so far came to."""
        return Figures(self._kept.attempts, self._quota)

    def close(self) -> None:
        """Let go of the connections; a request after it opens new ones."""
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _through(self, request: httpx.Request) -> httpx.Response:
        response = self._send(request)
        if self._policy.quota is not None:
            self._heed(self._policy.quota(response.headers))
        return response

    def _heed(self, quota: Quota | None) -> None:
        if quota is not None and quota != self._quota:
            self._quota = quota
            self._kept.emit(QuotaObserved(used=quota.used, limit=quota.limit))


class _Kept:
    """Passes on what is observed, and keeps the calls until somebody writes them down."""

    def __init__(self, observer: Observer) -> None:
        self.attempts = 0
        self.observer = observer
        self._calls: list[Exchange] = []
        self._lock = threading.Lock()

    def emit(self, happening: Happening) -> None:
        self.observer.emit(happening)

    def record(self, exchange: Exchange) -> None:
        with self._lock:
            self._calls.append(exchange)
            self.attempts += exchange.attempts
        self.observer.record(exchange)

    def refuse(self, refusal: Refusal) -> None:
        self.observer.refuse(refusal)

    def drain(self) -> list[Exchange]:
        with self._lock:
            calls, self._calls = self._calls, []
        return calls
