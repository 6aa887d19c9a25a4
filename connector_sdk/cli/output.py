"""Hand an answer over: one JSON document on standard output, or text for people; errors on standard error."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import Any, TextIO

from connector_sdk.cli.answer import Answer, describe
from connector_sdk.errors import ConfigurationError
from connector_sdk.logs import printable

TRACEBACK = "CONNECTOR_SDK_TRACEBACK"
"""Environment variable: `1` shows where in the code an error came from."""


def deliver(answer: Answer, *, as_json: bool) -> int:
    """Print the answer and return the exit code; a reader who stops reading is no error."""
    if answer.error is not None and os.environ.get(TRACEBACK) == "1":
        _traceback(answer.error)
    try:
        with _quiet_when_unread():
            if as_json:
                sys.stdout.write(to_json(answer.document, indent=sys.stdout.isatty()) + "\n")
            else:
                _show(answer)
            sys.stdout.flush()
    except OSError as error:
        unwritable = ConfigurationError(
            f"the output cannot be written: {error.strerror}",
            code="output-unwritable",
            hint="what the verb did is done, and in the ledger; direct its output elsewhere",
        )
        tell(unwritable)
        _discard_output()
        return answer.exit_code or unwritable.exit_code
    return answer.exit_code


def to_json(document: Any, *, indent: bool = False) -> str:
    """Write a document as JSON: decimals digit by digit, moments as RFC 3339, bytes as base64."""
    import msgspec  # people's output does without it

    encoder = msgspec.json.Encoder(enc_hook=_plain, decimal_format="number")
    try:
        text = encoder.encode(document)
    except UnicodeEncodeError:
        text = encoder.encode(_sound(document))
    return (msgspec.json.format(text, indent=2) if indent else text).decode()


def tell(error: BaseException) -> None:
    """Tell people about an error on standard error: what, where, what to do; in a file on one line."""
    with _quiet_when_unread():
        sys.stderr.write(_told(error, sys.stderr) + "\n")
        sys.stderr.flush()


def in_one_line(error: BaseException) -> str:
    """Return what happened, where and what to do, without the code."""
    told = describe(error)
    where = f" ({told['location']})" if told["location"] else ""
    hint = f"; {told['hint']}" if told["hint"] else ""
    return printable(f"{told['message']}{where}{hint}")


def colored(stream: TextIO) -> bool:
    """Tell whether colours are welcome: on a terminal, unless NO_COLOR is set (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _show(answer: Answer) -> None:
    if answer.show is not None:
        from connector_sdk.cli.screen import screen_for  # `--json` does without it

        answer.show(screen_for(sys.stdout))
    elif answer.error is not None:
        tell(answer.error)


def _told(error: BaseException, stream: TextIO) -> str:
    told = describe(error)
    if "diagnostics" in told:
        return _findings(error, stream)
    if not stream.isatty():
        return f"error[{told['code']}]: {in_one_line(error)}"
    red, cyan, bold, plain = (
        ("\x1b[1;31m", "\x1b[1;36m", "\x1b[1m", "\x1b[0m") if colored(stream) else [""] * 4
    )
    lines = [f"{red}error[{told['code']}]{plain}{bold}: {printable(told['message'])}{plain}"]
    if told["location"]:
        lines.append(f" --> {printable(told['location'])}")
    if told["hint"]:
        lines.append(f"  = {cyan}help{plain}: {printable(told['hint'])}")
    return "\n".join(lines)


def _findings(error: Any, stream: TextIO) -> str:
    from connector_sdk.documents import one_line, render  # only the way of failing

    if stream.isatty():
        return render(error.diagnostics, color=colored(stream)).rstrip("\n")
    lines = (one_line(found) + (f"; {found.hint}" if found.hint else "") for found in error.diagnostics)
    return "\n".join(printable(line) for line in lines)


def _plain(value: object) -> object:
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(f"no JSON form for {type(value).__name__}")


def _sound(value: Any) -> Any:
    """Replace half characters, which a file's name may hold, by their escapes."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_sound(name): _sound(part) for name, part in value.items()}
    return [_sound(part) for part in value] if isinstance(value, list | tuple) else value


def _traceback(error: BaseException) -> None:
    import traceback  # for developers

    traceback.print_exception(error, file=sys.stderr)


@contextmanager
def _quiet_when_unread() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        _discard_output()


def _discard_output() -> None:
    """Let what is still buffered go nowhere, or Python complains about it at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
