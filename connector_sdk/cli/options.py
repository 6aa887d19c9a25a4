"""The arguments and options that verbs share, so that one name means one thing everywhere."""

from pathlib import Path
from typing import Annotated

import typer

PipelinePath = Annotated[
    Path,
    typer.Argument(
        metavar="PIPELINE",
        help="A pipeline.yaml, or a folder of pipelines.",
        show_default=False,
    ),
]
EnvironmentName = Annotated[
    str,
    typer.Option(
        "--env",
        metavar="NAME",
        help="As environments/NAME.yaml beside the pipeline says.",
    ),
]
JsonFlag = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON document instead of text, also on failure."),
]


def said(text: str | None) -> str | None:
    """Refuse an answer that says nothing."""
    if text is not None and not text.strip():
        raise typer.BadParameter("it must not be empty")
    return text


Actor = Annotated[
    str,
    typer.Option(
        "--actor", metavar="NAME", help="Who decides this; recorded.", show_default=False, callback=said
    ),
]
Reason = Annotated[
    str,
    typer.Option("--reason", metavar="TEXT", help="Why; recorded.", show_default=False, callback=said),
]
