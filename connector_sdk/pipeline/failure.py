"""What an error is called where it ends a verb or a run: exit code, status, and a document for programs."""

from connector_sdk.errors import ConnectorError

STATUS = {0: "succeeded", 65: "data_stop", 70: "aborted", 75: "parked", 76: "fenced", 77: "refused"}
"""Status by exit code; any other one is `failed`."""


def exit_code_of(error: BaseException | None) -> int:
    """Return the exit code of an error: its class says it, 1 where it is none of ours, 0 for none."""
    if error is None:
        return 0
    return error.exit_code if isinstance(error, ConnectorError) else 1


def status_of(error: BaseException | None) -> str:
    """Return the status of a run that ended with this error."""
    return STATUS.get(exit_code_of(error), "failed")


def error_document(error: BaseException) -> dict[str, str]:
    """Describe an error as `--json` and the ledger hold it; one that is not ours is named, never quoted."""
    if isinstance(error, ConnectorError):
        return {
            "code": error.code,
            "title": type(error).__name__,
            "message": _unicode(str(error)),
            "location": _unicode(error.location),
            "hint": _unicode(error.hint),
        }
    return {
        "code": "internal",
        "title": type(error).__name__,
        "message": "an internal error of connector-sdk or of a plugin",
        "location": _where(error),
        "hint": "nothing is lost: run again; if it stays, please report this line",
    }


def _unicode(text: str) -> str:
    """Escape what stands for a byte of a file's name that is not UTF-8: no JSON holds it."""
    return text.encode("utf-8", "backslashreplace").decode()


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    code = trace.tb_frame.f_code
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}.{code.co_name}:{trace.tb_lineno}"
