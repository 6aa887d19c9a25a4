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
    "connector_sdk.http.policy",
    "connector_sdk.http.vendor_errors",
)


def test_no_machinery_is_loaded() -> None:
    script = (
        f"import sys, {', '.join(LIGHT)}\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "connector_sdk" in loaded
    assert loaded.isdisjoint(HEAVY)
