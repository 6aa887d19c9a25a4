"""What authors import loads no machinery: listing connectors stays fast."""

import subprocess
import sys

HEAVY = ("httpx", "httpcore", "opentelemetry", "pyrate_limiter", "tenacity")
LIGHT = (
    "connector_sdk.connector",
    "connector_sdk.hookspecs",
    "connector_sdk.http.answers",
    "connector_sdk.http.auth",
    "connector_sdk.http.exchange",
    "connector_sdk.http.layer",
    "connector_sdk.http.oauth",
    "connector_sdk.http.observer",
    "connector_sdk.http.origin",
    "connector_sdk.http.pace",
    "connector_sdk.http.policy",
    "connector_sdk.http.vendor_errors",
)


UNUSED = (
    "connector_sdk.compliance",
    "connector_sdk.connector.connection",
    "connector_sdk.events",
    "connector_sdk.http.policy",
    "connector_sdk.manifest",
    "connector_sdk.plugins.hooks",
)
"""What only a connection needs."""


def _loaded(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_no_machinery_is_loaded() -> None:
    loaded = {name.partition(".")[0] for name in _loaded(f"import {', '.join(LIGHT)}")}
    assert "connector_sdk" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_listing_loads_nothing_that_only_a_connection_needs() -> None:
    loaded = _loaded("from connector_sdk.plugins import installed; installed()")
    assert "connector_sdk.connector" in loaded
    assert loaded.isdisjoint({*HEAVY, *UNUSED})
