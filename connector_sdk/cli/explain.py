"""`explain`: what an error code means and what to do."""

from typing import TYPE_CHECKING, Annotated

import typer

from connector_sdk.cli.answer import Answer
from connector_sdk.cli.options import JsonFlag
from connector_sdk.errors import ConfigurationError

if TYPE_CHECKING:
    from connector_sdk.cli.screen import Screen


def explain(
    code: Annotated[
        str | None,
        typer.Argument(metavar="CODE", help="A code as it stands in `error[CODE]`.", show_default=False),
    ] = None,
    _json: JsonFlag = False,
) -> Answer:
    """Tell what an error code means and what to do.

    Works offline. Without CODE it lists every code with one line each.

    \b
    Example:
      connector-sdk explain lease-held
    """
    from connector_sdk import explanations  # looks for plugins

    if code is None:
        pages = explanations.pages().items()
        titles = [(name, title(page.read_text(encoding="utf-8"))) for name, page in pages]
        return Answer(
            {"codes": [{"code": name, "title": text} for name, text in titles]},
            lambda screen: screen.table(("code", "meaning"), titles),
        )
    text = explanations.explain(code)
    if text is None:
        near = explanations.near(code)
        raise ConfigurationError(
            f"there is no code {code!r}",
            code="unknown-code",
            hint=f"did you mean `connector-sdk explain {near[0]}`?"
            if near
            else "`connector-sdk explain` lists them",
        )
    return Answer({"code": code, "title": title(text), "page": text}, lambda screen: _show(screen, text))


def _show(screen: "Screen", page: str) -> None:
    for line in page.splitlines():
        heading = line.startswith("#")
        screen.line(line.lstrip("# ") if heading else line, "strong" if heading else "")


def title(text: str) -> str:
    """Return the first sentence of a page."""
    paragraphs = (part.strip() for part in text.split("\n\n"))
    first = next((part for part in paragraphs if part and not part.startswith("#")), "")
    sentence, dot, _ = " ".join(first.split()).partition(". ")
    return sentence + dot.strip()
