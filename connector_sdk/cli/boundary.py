"""The border between verbs and the shell: every way to fail is told, with its exit code and no traceback."""

import logging
import os
import sys
from collections.abc import Sequence
from typing import TextIO

from connector_sdk import logs
from connector_sdk.cli.answer import INTERRUPTED, Answer, failure
from connector_sdk.cli.output import deliver
from connector_sdk.errors import ConfigurationError

PROGRAM = "connector-sdk"


def run(arguments: Sequence[str]) -> int:
    """Run one verb and return the exit code."""
    _mend_streams()
    # Read here and not where options are parsed: a usage error must be told in the form asked for, too.
    as_json = "--json" in arguments
    terminal = sys.stderr.isatty()
    with logs.configured(logging.WARNING if terminal else logging.INFO, terminal=terminal):
        answer = _answer(arguments)
    return answer if isinstance(answer, int) else deliver(answer, as_json=as_json)


def _answer(arguments: Sequence[str]) -> Answer | int:
    """Return the verb's answer; an exit code where it printed its help or version."""
    try:
        from typer import TyperException  # whatever cannot be imported is told like any error
        from typer.main import get_command

        from connector_sdk.cli.app import app

        try:
            answer: Answer | int = get_command(app).main(
                args=list(arguments), prog_name=PROGRAM, standalone_mode=False
            )
        except TyperException as error:
            return failure(_usage(error, arguments))
    except SystemExit as error:
        # Typer's for a broken pipe, or a plugin's own: no verb ends the process by itself.
        return failure(error.__context__ or error)
    except KeyboardInterrupt as error:
        return failure(error)
    except Exception as error:  # noqa: BLE001 - a traceback is nobody's answer
        return failure(error)
    # Typer turns Ctrl-C into this figure, which no verb returns.
    return failure(KeyboardInterrupt()) if answer == INTERRUPTED else answer


def _usage(error: Exception, arguments: Sequence[str]) -> ConfigurationError:
    """Translate what the parser of the command line found."""
    context = getattr(error, "ctx", None)
    verb = context.command_path if context else _verb(arguments)
    near = sorted(getattr(error, "possibilities", None) or ())
    text = str(getattr(error, "format_message", error.__str__)())
    if type(error).__name__ == "NoSuchOption":
        option = getattr(error, "option_name", "")
        message = f"there is no option {option}"
        hint = f"did you mean {' or '.join(near)}?" if near else f"`{verb} --help` shows the options"
        if option == "--json":
            message, hint = "a verb is missing before --json", f"`{verb} --help` lists them"
    elif text.startswith("Missing command"):
        message, hint = "a verb is missing", f"`{verb} --help` lists them"
    else:
        message = text.strip().removesuffix(".").replace("\n", " ").replace(": Input should", ": it should")
        message = message[:1].lower() + message[1:]
        hint = f"`{verb} --help` shows how it is used"
    return ConfigurationError(message, code="usage", hint=hint, location=verb)


def _verb(arguments: Sequence[str]) -> str:
    """Return the verb that was called, where the parser does not tell."""
    from typer.main import get_command  # only the way of failing

    from connector_sdk.cli.app import app

    verbs, path = getattr(get_command(app), "commands", {}), PROGRAM
    for word in arguments:
        if word not in verbs:
            break
        path, verbs = f"{path} {word}", getattr(verbs[word], "commands", {})
    return path


def _mend_streams() -> None:
    """Make sure that there are streams, and that any text can be written to them."""
    for name in ("stdout", "stderr"):
        stream: TextIO | None = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - until exit
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
