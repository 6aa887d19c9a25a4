"""`new`: the project of a new connector."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from connector_sdk.cli.answer import Answer, Document
from connector_sdk.cli.options import JsonFlag
from connector_sdk.errors import ConfigurationError

if TYPE_CHECKING:
    from connector_sdk.cli.screen import Screen
    from connector_sdk.scaffold.answers import Question
    from connector_sdk.scaffold.generate import Project


def new(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="What pipelines will call the connector, e.g. acme.", show_default=False
        ),
    ],
    vendor: Annotated[
        str | None, typer.Option("--vendor", metavar="TEXT", help="The system's name.", show_default=False)
    ] = None,
    base_url: Annotated[
        str | None,
        typer.Option("--base-url", metavar="URL", help="Where its API begins.", show_default=False),
    ] = None,
    auth: Annotated[
        str | None,
        typer.Option(
            "--auth",
            metavar="KIND",
            help="bearer, none, basic, api_key or oauth2_client_credentials.",
            show_default=False,
        ),
    ] = None,
    paging: Annotated[
        str | None,
        typer.Option("--paging", metavar="KIND", help="cursor, page_number or none.", show_default=False),
    ] = None,
    direction: Annotated[
        str | None,
        typer.Option("--direction", metavar="KIND", help="both, read or write.", show_default=False),
    ] = None,
    output: Annotated[
        Path,
        typer.Option(
            "--output", metavar="DIR", help="Where its folder is made; here by default.", show_default=False
        ),
    ] = Path(),
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing: take what is usual.")] = False,
    _json: JsonFlag = False,
) -> Answer:
    """Make the project of a new connector: code, simulator, tests, documents.

    On a terminal it asks for what no option says; elsewhere, and with --yes, it takes the first of each kind
    listed below. What it makes works at once, against a simulator of its own, and is yours to change.

    \b
    It needs cookiecutter: pip install 'connector-sdk[new]'

    \b
    Examples:
      connector-sdk new acme
      connector-sdk new acme --vendor "Acme LIMS" --auth oauth2_client_credentials --yes
    """
    from connector_sdk.scaffold.answers import checked, questions
    from connector_sdk.scaffold.generate import folder_for, generate

    given = {
        "vendor": vendor,
        "base_url": base_url,
        "auth": auth,
        "paging": paging,
        "direction": direction,
    }
    asked = questions()
    name = checked(asked["name"], name)
    # Whatever is given is looked at before anything is asked.
    answers = {key: checked(asked[key], value) for key, value in given.items() if value is not None}
    folder_for(name, output)
    decide = _ask if not (yes or _json) and sys.stdin.isatty() and sys.stderr.isatty() else _usual
    for key, question in asked.items():
        if key != "name" and key not in answers and not _pointless(key, answers):
            answers[key] = decide(question, name)
    made = generate({"name": name, **answers}, output)
    return _answer(name, answers, made)


def _pointless(key: str, answers: dict[str, str]) -> bool:
    """Tell whether a question is about reading where nothing is read."""
    return key == "paging" and answers.get("direction") == "write"


def _usual(question: "Question", name: str) -> str:
    from connector_sdk.scaffold.answers import suggestion

    return suggestion(question, name)


def _ask(question: "Question", name: str) -> str:
    """Ask on the terminal until the answer can be used."""
    from connector_sdk.scaffold.answers import suggestion

    choices = f" ({', '.join(question.choices)})" if question.choices else ""
    answer: str = typer.prompt(
        question.text + choices,
        default=suggestion(question, name),
        value_proc=_telling(question),
        err=True,
    )
    return answer


def _telling(question: "Question") -> Callable[[str], str]:
    from connector_sdk.scaffold.answers import checked

    def check(answer: str) -> str:
        try:
            return checked(question, answer.strip())
        except ConfigurationError as error:
            raise typer.BadParameter(f"{error}; {error.hint}") from None

    return check


def _answer(name: str, answers: dict[str, str], made: "Project") -> Answer:
    steps = [f"cd {_quoted(made.folder)}", "python -m pip install --editable '.[testing]'", "make test"]
    document: Document = {
        "connector": name,
        "folder": made.folder,
        "answers": answers,
        "files": list(made.files),
        "next": steps,
    }

    def show(screen: "Screen") -> None:
        screen.line(f"{len(made.files)} files in {made.folder}")
        screen.line()
        package = f"connector_{name}"
        screen.facts(
            [
                (f"{package}/__init__.py", "the connector: settings, records, streams and sinks"),
                (f"{package}/simulator.py", "a server that behaves like the system, as far as is known"),
                ("conformance/", "what the system answers: replace it by what its documentation shows"),
                ("pipelines/", "examples of its use"),
                ("tests/", "runs against the simulator, and the conformance suite"),
            ]
        )
        screen.line()
        screen.line("Next:")
        for step in steps:
            screen.line(f"  {step}")

    return Answer(document, show)


def _quoted(folder: Path) -> str:
    import shlex

    return shlex.quote(str(folder))
