"""From a path template and values to a request."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, urljoin

import httpx
import msgspec

from connector_sdk.errors import ConfigurationError, IncompleteResponseError
from connector_sdk.http.exchange import Exchange
from connector_sdk.http.layer import EXCHANGE
from connector_sdk.http.oauth import BASE
from connector_sdk.http.origin import origin_of

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
"""Methods that may be repeated by definition (RFC 9110 §9.2.2)."""
_JSON: Final = msgspec.json.Encoder(decimal_format="number")

Params = Mapping[str, str | int | Sequence[str]]


class RequestBuilder:
    """Makes the requests of one connection."""

    def __init__(self, base_url: str, headers: Mapping[str, str], timeout: Mapping[str, float]) -> None:
        self._base = base_url.rstrip("/")
        self._headers = dict(headers)
        self._timeout = dict(timeout)

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
    ) -> httpx.Request:
        """Return a request to `path` below the base URL; `values` fill its `{names}`, percent-encoded.

        A path that is a whole URL replaces the base. The body is `content` as it is, `json` (decimals exact)
        or a `form`. `repeatable` defaults to what the method is by definition.
        """
        filled = _PLACEHOLDER.sub(lambda found: _value(found[1], values or {}), path)
        url = filled if "://" in filled else f"{self._base}/{filled.lstrip('/')}"
        sent = {**self._headers, **(headers or {})}
        if json is not None:
            content = _JSON.encode(json)
            sent.setdefault("Content-Type", "application/json")
        return self._made(method, url, path, sent, params, content, form, repeatable)

    def follow(self, url: str, template: str, headers: Mapping[str, str] | None = None) -> httpx.Request:
        """Return a GET of a URL that the server gave, relative or whole; `template` is its public name."""
        target = urljoin(f"{self._base}/", url)
        return self._made("GET", target, template, {**self._headers, **(headers or {})})

    def again(self, request: httpx.Request, url: str) -> httpx.Request:
        """Return the request, without its credentials, for the place it was redirected to."""
        made = httpx.Request(request.method, url, headers=self._headers, extensions=request.extensions)
        for name in ("Accept", "If-Modified-Since"):
            if name in request.headers:
                made.headers[name] = request.headers[name]
        return made

    def _made(
        self,
        method: str,
        url: str,
        template: str,
        headers: Mapping[str, str],
        params: Params | None = None,
        content: bytes | None = None,
        form: Mapping[str, str] | None = None,
        repeatable: bool | None = None,
    ) -> httpx.Request:
        try:
            origin = origin_of(url)
            request = httpx.Request(method, url, params=params, headers=headers, content=content, data=form)
        except (ValueError, httpx.InvalidURL):
            raise IncompleteResponseError(
                f"{template}: what the server gave as the next address is no URL",
                code="address-unusable",
                hint="a fault of the system; look at what it returned for this call",
            ) from None
        exchange = Exchange(
            method=method,
            scheme=origin.scheme,
            host=origin.host,
            port=origin.port,
            path=template.partition("?")[0],
            repeatable=method in _SAFE_METHODS if repeatable is None else repeatable,
        )
        request.extensions = {EXCHANGE: exchange, BASE: self, "timeout": self._timeout}
        return request


def _value(name: str, values: Mapping[str, str]) -> str:
    try:
        value = values[name]
    except KeyError:
        raise ConfigurationError(
            f"the path needs a value for {name!r}",
            code="path-value-missing",
            hint="a fault of the connector: pass it in `values`",
        ) from None
    # A lone dot would be resolved away, and lead to another resource.
    return quote(value, safe="").replace(".", "%2E") if value.strip(".") == "" else quote(value, safe="")
