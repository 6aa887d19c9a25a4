"""Settings of a simulator, set from another process."""

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from connector_sdk.errors import ConfigurationError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def change(settings: "DataclassInstance", document: dict[str, Any]) -> dict[str, Any]:
    """Set some fields of a dataclass and return them all.

    Raises ConfigurationError, with nothing set, where a name is unknown or a value has another type.
    """
    names = [each.name for each in fields(settings)]
    for name, value in document.items():
        if name not in names or type(value) is not type(getattr(settings, name)):
            raise ConfigurationError(
                f"the simulator has no setting {name!r} that takes such a value",
                code="simulator-setting",
                hint=f"it has: {', '.join(names)}",
            )
    for name, value in document.items():
        setattr(settings, name, value)
    return {name: getattr(settings, name) for name in names}
