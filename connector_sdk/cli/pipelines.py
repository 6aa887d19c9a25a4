"""Go through the pipelines that a path names: one, or each one in a folder."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from connector_sdk.cli.answer import Answer, Document, failure, worst

if TYPE_CHECKING:
    from connector_sdk.cli.screen import Screen
    from connector_sdk.ledger.partitions import PartitionKey
    from connector_sdk.pipeline.definition import Pipeline


def one(path: Path, env: str) -> "Pipeline":
    """Return the only pipeline at a path, in an environment.

    Raises DocumentError where it is not one, or there are several; ConfigurationError for an environment
    that is not there.
    """
    from connector_sdk.pipeline.definition import load_pipeline  # pydantic

    return load_pipeline(path, env)


def key_of(pipeline: "Pipeline") -> "PartitionKey":
    """Return the name under which the ledger knows a pipeline's records."""
    from connector_sdk.pipeline.assembly import partition_of  # SQLAlchemy

    return partition_of(pipeline)


def each(
    path: Path,
    env: str,
    work: Callable[["Pipeline"], Answer],
    failed: Callable[[Exception], Answer] = failure,
) -> Answer:
    """Do the work for every pipeline at a path in an environment, whatever becomes of the others.

    One pipeline answers for itself; several are listed under `pipelines`, and end with the worst exit code.
    `failed` makes the answer of one that could not be worked on.
    """
    from connector_sdk.pipeline.definition import load_pipeline  # pydantic
    from connector_sdk.pipeline.finding import find_pipelines

    def attempt(file: Path) -> Answer:
        try:
            return work(load_pipeline(file, env))
        except Exception as error:  # noqa: BLE001 - one pipeline's failure is its own answer
            return failed(error)

    files = find_pipelines(path)
    if len(files) <= 1:
        return attempt(path)
    parts = [(file, attempt(file)) for file in files]
    exit_code = worst([part.exit_code for _, part in parts])
    document: Document = {"pipelines": [{"path": str(file), **part.document} for file, part in parts]}
    errors = [
        part.document["error"]
        for _, part in parts
        if part.exit_code == exit_code and part.document.get("error")
    ]
    if errors:
        document["error"] = errors[0]

    def show(screen: "Screen") -> None:
        from connector_sdk.cli.output import tell

        for index, (file, part) in enumerate(parts):
            if index:
                screen.line()
            screen.line(str(file), "strong")
            if part.show is not None:
                part.show(screen)
            elif part.error is not None:
                screen.flush()
                tell(part.error)

    return Answer(document, show, exit_code)
