"""`explain`: what an error code means and what to do."""

from typing import Annotated

import typer

from connector_sdk.cli.answer import Answer
from connector_sdk.cli.options import JsonFlag
from connector_sdk.errors import ConfigurationError


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
    from difflib import get_close_matches  # noqa: PLC0415

    from connector_sdk.cli.explanations import pages, title  # noqa: PLC0415 - reads installed plugins

    known = pages()
    if code is None:
        titles = {name: title(page) for name, page in known.items()}
        return Answer(
            {"codes": [{"code": name, "title": text} for name, text in titles.items()]},
            lambda screen: screen.table(("code", "meaning"), titles.items()),
        )
    if code not in known:
        near = get_close_matches(code.lower(), known, n=1, cutoff=0.4)
        raise ConfigurationError(
            f"there is no code {code!r}",
            code="unknown-code",
            hint=f"did you mean `connector-sdk explain {near[0]}`?"
            if near
            else "`connector-sdk explain` lists them",
        )
    page = known[code].read_text(encoding="utf-8")
    return Answer(
        {"code": code, "title": title(known[code]), "page": page},
        lambda screen: screen.text(page),
    )
