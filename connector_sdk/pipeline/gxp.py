"""What a validated environment refuses before anything is read or written."""

from collections.abc import Iterator

from connector_sdk.errors import ComplianceError
from connector_sdk.pipeline.definition import Pipeline
from connector_sdk.pipeline.environment import EnvironmentDefinition
from connector_sdk.pipeline.identity import Sides


def require_permitted(pipeline: Pipeline, sides: Sides) -> None:
    """Raise the first of the environment's refusals, if there is one, saying how many more there are."""
    found = list(refusals(pipeline, sides))
    if not found:
        return
    first, more = found[0], len(found) - 1
    if more:
        first.hint += f"; `connector-sdk check {pipeline.command_line}` shows {more} more"
    raise first


def refusals(pipeline: Pipeline, sides: Sides) -> Iterator[ComplianceError]:
    """Yield what the environment does not permit; only one under gxp demands anything."""
    environment = pipeline.environment
    if not environment.gxp or environment.document is None:
        return
    found = list(environment.document.secrets_from("env", EnvironmentDefinition))
    for side, connector in sides.items():
        found += pipeline.settled.secrets_from("env", connector.config_type, (side, "config"))
    for way, location in found:
        yield ComplianceError(
            f"the secret {'.'.join(map(str, way))} comes from an environment variable, which environment "
            f"{environment.name} does not permit: it is under gxp",
            code="env-secret-under-gxp",
            hint='write "${file:PATH}", with a file that only this account may read',
            location=location,
        )
    if environment.definition.ledger is None:
        yield ComplianceError(
            f"environment {environment.name} is under gxp, and its ledger stands at the default place",
            code="ledger-default-under-gxp",
            hint="name a ledger that is backed up and guarded: `ledger: PATH` in the environment's document",
            location=environment.document.error(("gxp",), "", "").location,
        )
