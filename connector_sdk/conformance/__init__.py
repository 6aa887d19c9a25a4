"""The conformance suite: rules that a connector is held to, run from outside it.

```python
from connector_sdk.conformance import suite

test_conformance = suite("acme", book="conformance/")
```
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connector_sdk.conformance.pytest_items import suite
    from connector_sdk.conformance.respx_routes import mocked

__all__ = ["mocked", "suite"]

_HOMES = {"mocked": "respx_routes", "suite": "pytest_items"}


def __getattr__(name: str) -> Any:
    """Load what is asked for alone: the host, which imports this package too, must know neither."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
