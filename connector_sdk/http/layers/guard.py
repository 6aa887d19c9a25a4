"""Compliance rules, asked before anything leaves: of every hop, token requests and redirects included."""

from collections.abc import Sequence

import httpx

from connector_sdk.compliance import Outgoing, Rule
from connector_sdk.errors import ComplianceError
from connector_sdk.http.exchange import Exchange
from connector_sdk.http.layer import EXCHANGE, Layer, Send
from connector_sdk.http.origin import Origin


def guard(connector: str, hosts: Sequence[str], rules: Sequence[Rule]) -> Layer:
    """Return the layer: scheme and host first, then each rule; one refusal is enough."""
    allowed = frozenset(name.lower() for name in hosts)

    def layer(request: httpx.Request, send: Send) -> httpx.Response:
        exchange: Exchange = request.extensions[EXCHANGE]
        origin = Origin(exchange.scheme, exchange.host, exchange.port)
        _require_encrypted(origin)
        _require_known(origin, request.url, connector, allowed)
        outgoing = Outgoing(exchange.method, origin.scheme, origin.host, origin.port, exchange.path)
        for rule in rules:
            _require_permitted(rule, outgoing)
        return send(request)

    return layer


def _require_encrypted(origin: Origin) -> None:
    if origin.scheme == "https" or (origin.scheme == "http" and origin.loopback):
        return
    raise ComplianceError(
        f"{origin.scheme}://{origin.host} would carry data unencrypted",
        code="plaintext-http",
        hint="write https:// in the address; http:// is for 127.0.0.1, ::1 and localhost only",
    )


def _require_known(origin: Origin, url: httpx.URL, connector: str, allowed: frozenset[str]) -> None:
    if url.userinfo:
        raise ComplianceError(
            "an address carries a user name or password",
            code="credentials-in-url",
            hint="take them out of the address; the connector's `auth` settings are for them",
        )
    if origin.name not in allowed:
        raise ComplianceError(
            f"connector {connector!r} may not call {origin.name}",
            code="host-not-allowed",
            hint=f"allowed: {', '.join(sorted(allowed))}; a link or redirect of the system leads elsewhere",
        )


def _require_permitted(rule: Rule, outgoing: Outgoing) -> None:
    try:
        reason = rule.check(outgoing)
    except Exception as error:  # noqa: BLE001 - a rule that cannot say yes has not said it
        reason = f"it failed with {type(error).__name__}"
    if reason is not None:
        raise ComplianceError(
            f"rule {rule.name!r} refuses {outgoing.method} {outgoing.path} on {outgoing.host}: {reason}",
            code="rule-refused",
            hint="the rule comes from an installed plugin; ask who wrote it",
        )
