"""From a path template and values to a request."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit

import httpx
import msgspec

from connector_sdk.errors import ConfigurationError, ConnectorError, IncompleteResponseError, RecordError
from connector_sdk.http.exchange import Exchange
from connector_sdk.http.layer import BUILDER, EXCHANGE
from connector_sdk.http.origin import DEFAULT_PORTS

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_REPEATABLE: Final = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
"""Methods that do the same when they are sent twice, by definition (RFC 9110 §9.2.2)."""
_JSON: Final = msgspec.json.Encoder(decimal_format="number")

Params = Mapping[str, str | int | Sequence[str]]


class RequestBuilder:
    """Makes the requests of one connection."""

    def __init__(self, base_url: str, headers: Mapping[str, str], timeout: Mapping[str, float]) -> None:
        self._base = base_url.rstrip("/")
        self._headers = httpx.Headers(headers)
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

        A path that is a whole URL replaces the base; `params` are added to a query that it has. The body is
        `content` as it is, `json` (decimals exact) or a `form`. `repeatable` defaults to what the method is
        by definition. Raises ConfigurationError for what makes no request, and RecordError
        (number-out-of-range, text-not-unicode) for what neither JSON nor an address can hold.
        """
        sent = self._with(headers)
        try:
            filled = _PLACEHOLDER.sub(lambda found: _value(found[1], values or {}), path)
            if json is not None:
                _require_finite(json)
                content = _JSON.encode(json)
                sent.setdefault("Content-Type", "application/json")
        except UnicodeEncodeError:
            raise RecordError(
                "a text holds half of a surrogate pair",
                code="text-not-unicode",
                hint="repair the text in the source",
            ) from None
        url = filled if "://" in filled else f"{self._base}/{filled.lstrip('/')}"
        request = _made(
            setting_unusable, method, url, params=params, headers=sent, content=content, data=form
        )
        return self._known(request, path, repeatable)

    def follow(
        self, url: str, template: str, headers: Mapping[str, str] | None = None, method: str = "GET"
    ) -> httpx.Request:
        """Return a read of a URL that the server gave, relative or whole; `template` is its public name.

        Raises IncompleteResponseError for what is no URL.
        """

        wrong = partial(address_unusable, template)
        try:
            target = urljoin(f"{self._base}/", url)
        except ValueError:
            raise wrong() from None
        return self._known(_made(wrong, method, target, headers=self._with(headers)), template, None)

    def _with(self, headers: Mapping[str, str] | None) -> httpx.Headers:
        """Return the connection's headers, in any spelling replaced by those given."""
        sent = self._headers.copy()
        try:
            sent.update(headers)
        except UnicodeEncodeError:
            raise setting_unusable() from None
        return sent

    def _known(self, request: httpx.Request, template: str, repeatable: bool | None) -> httpx.Request:
        """Put on the request what the layers ask it for; its origin is the one the wire will use."""
        url = request.url
        exchange = Exchange(
            method=request.method,
            scheme=url.scheme,
            host=url.raw_host.decode("ascii"),
            port=url.port or DEFAULT_PORTS.get(url.scheme, 0),
            path=urlsplit(template).path if "://" in template else template.partition("?")[0],
            repeatable=request.method in _REPEATABLE if repeatable is None else repeatable,
        )
        request.extensions = {EXCHANGE: exchange, BUILDER: self, "timeout": self._timeout}
        return request


def address_unusable(template: str) -> IncompleteResponseError:
    """Return the error for an address of the system's that is none."""
    return IncompleteResponseError(
        f"{template}: what the system gave as the next address is no URL",
        code="address-unusable",
        hint="a fault of the system; look at what it returned for this call",
    )


def setting_unusable() -> ConfigurationError:
    """Return the error for settings of which no request can be made."""
    return ConfigurationError(
        "an address or a header of a request is not what HTTP permits",
        code="request-unsendable",
        hint="look for a line break, a space or a letter beyond ASCII in the connector's settings",
    )


def _made(
    wrong: Callable[[], ConnectorError], method: str, url: str, params: Params | None = None, **parts: Any
) -> httpx.Request:
    try:
        if params and "?" in url:
            target = httpx.URL(url).copy_merge_params(params)
        else:
            target = httpx.URL(url, params=params) if params else httpx.URL(url)
        request = httpx.Request(method, target, **parts)
    except (ValueError, httpx.InvalidURL):
        raise wrong() from None
    if not request.url.raw_host:
        raise wrong()
    return request


def _value(name: str, values: Mapping[str, str]) -> str:
    value = values.get(name, "")
    if not value:
        # An empty value would lead to another resource: the list, instead of one of it.
        raise ConfigurationError(
            f"the path needs a value for {name!r}",
            code="path-value-missing",
            hint="a fault of the connector: pass one in `values`",
        )
    encoded = quote(value, safe="")
    # A lone dot, or two, would be resolved away, and lead to another resource.
    return encoded if value.strip(".") else encoded.replace(".", "%2E")


def _require_finite(value: Any) -> None:
    """Refuse what the encoder would write as null, or as no JSON."""
    if isinstance(value, Mapping):
        for each in value.values():
            _require_finite(each)
    elif isinstance(value, list | tuple):
        for each in value:
            _require_finite(each)
    elif (isinstance(value, float) and not math.isfinite(value)) or (
        isinstance(value, Decimal) and not value.is_finite()
    ):
        raise RecordError(
            "JSON has no NaN and no infinity",
            code="number-out-of-range",
            hint="map such values to null, or set the record aside",
        )
