"""copy: the value as it is, under the target's name."""

from connector_sdk.config import Config
from connector_sdk.mapping.operations.operation import Operation, Produced, Use


class CopyArgs(Config):
    """A copy takes no arguments."""


def _compile(use: Use, _: CopyArgs) -> Produced:
    return Produced(use.source.type)


COPY = Operation(CopyArgs, _compile)
