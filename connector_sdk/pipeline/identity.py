"""Ask both systems who they are before anything is read or written: the right data, in the right place."""

from collections.abc import Iterator, Mapping
from typing import Any

from connector_sdk.connector import Call, Connector
from connector_sdk.errors import ComplianceError, IdentityMismatchError
from connector_sdk.pipeline.definition import Pipeline

Sides = Mapping[str, Connector[Any]]
"""The connectors of a pipeline, by `source` and `destination`."""


def require_identities(pipeline: Pipeline, sides: Sides, call: Call) -> list[str]:
    """Hold each system against what the environment says of it; returns what was proven, in words.

    Nothing is asked of a connection of which the environment says nothing. Raises IdentityMismatchError for
    another system, ComplianceError (identity-unproven) where one cannot be told from others.
    """
    return [found for side in sides for found in _proven(pipeline, side, sides[side], call)]


def _proven(pipeline: Pipeline, side: str, connector: Connector[Any], call: Call) -> Iterator[str]:
    connection = getattr(pipeline.definition, side).connection_name
    expected = pipeline.environment.identity.get(connection)
    if not expected:
        return
    found = connector.identity(call)
    for key, value in expected.items():
        at = _location(pipeline, connection, key)
        if key not in found:
            told = f"it tells: {', '.join(sorted(found))}" if found else "this connector tells nothing of it"
            raise ComplianceError(
                f"connection {connection!r} cannot prove the {key} that environment "
                f"{pipeline.environment.name} expects",
                code="identity-unproven",
                hint=f"{told}; correct `identity` in the environment's document",
                location=at,
            )
        if found[key] != value:
            raise IdentityMismatchError(
                f"connection {connection!r} leads to {key} {found[key]}; environment "
                f"{pipeline.environment.name} expects {value}",
                code="identity-mismatch",
                hint="nothing was read or written; correct the connection's settings, or `identity` if it is "
                "the system that is meant",
                location=at,
            )
        yield f"{connection} is {key} {value}"


def _location(pipeline: Pipeline, connection: str, key: str) -> str:
    document = pipeline.environment.document
    assert document is not None  # noqa: S101 - what is expected stands in it
    return document.error(("identity", connection, key), "", "").location
