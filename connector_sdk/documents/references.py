"""Values that stand elsewhere: `${env:NAME}`, `${file:PATH}`, `${secret:provider/name}`.

They may stand anywhere in a text; `$${` writes `${` itself. What a reference gives is text, is not read for
references again, and never appears in a diagnostic.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from connector_sdk.documents.nodes import MAX_PROBLEMS, Loc, Node, Problem, Span
from connector_sdk.documents.source import MAX_BYTES
from connector_sdk.documents.wording import nearest, quote

_MARK = re.compile(r"(?P<escape>\$\$\{)|\$\{(?P<body>[^{}]*)(?P<end>\}?)")
_KINDS = ("env", "file", "secret")


def holds_reference(value: object, kind: str = "") -> bool:
    """Tell whether references stand in a value; with `kind`, whether one of this kind does."""
    if not isinstance(value, str) or "${" not in value:
        return False
    bodies = (found["body"] for found in _MARK.finditer(value) if found["body"] is not None)
    return not kind or any(body.startswith(f"{kind}:") for body in bodies)


@dataclass
class Resolver:
    """Gives the values that references of one file name, and collects the references that name none."""

    environment: Mapping[str, str]
    folder: Path
    lines: list[str]
    problems: list[Problem] = field(default_factory=list)

    def texts(self, leaves: Iterable[tuple[Loc, Node]]) -> dict[Loc, str]:
        """Return the text of every value in which references stand, by the way to it."""
        return {loc: self._text(leaf) for loc, leaf in leaves if holds_reference(leaf.value)}

    def _text(self, leaf: Node) -> str:
        return _MARK.sub(lambda found: "${" if found["escape"] else self._value(found, leaf), leaf.value)

    def _value(self, found: re.Match[str], leaf: Node) -> str:
        if len(self.problems) >= MAX_PROBLEMS:
            return ""
        kind, colon, name = found["body"].partition(":")
        span = self._span(found[0], leaf)
        if not found["end"] or not colon or not name or kind not in _KINDS:
            self._malformed(found, span)
            return ""
        return {"env": self._env, "file": self._file, "secret": self._secret}[kind](name, span)

    def _malformed(self, found: re.Match[str], span: Span) -> None:
        kind, colon, _ = found["body"].partition(":")
        near = None
        if not found["end"]:
            message = "a reference that is never closed"
        elif colon and kind not in _KINDS:
            message, near = f"unknown kind of reference {quote(kind)}", nearest(kind, _KINDS)
        else:
            message = "a reference that names no value"
            near = f"${{env:{kind}}}" if kind and not colon else None
        hint = "write ${env:NAME} or ${file:PATH}; a text that contains ${ itself is written with $${"
        self._add("reference-malformed", span, message, hint, f"did you mean {quote(near)}?" if near else "")

    def _env(self, name: str, span: Span) -> str:
        if name not in self.environment:
            near = nearest(name, self.environment)
            label = f"did you mean {quote(near)}?" if near else ""
            hint = f"set it before the command: {name}=… connector-sdk …"
            self._add(
                "reference-env-missing", span, f"environment variable {quote(name)} is not set", hint, label
            )
            return ""
        return self.environment[name]

    def _file(self, name: str, span: Span) -> str:
        try:
            with (self.folder / Path(name).expanduser()).open("rb") as file:
                data = file.read(MAX_BYTES + 1)
            if len(data) > MAX_BYTES:
                raise ValueError("larger than 1 MiB")  # noqa: TRY301  # one place turns all failures into a problem
            text = data.decode()
        except (OSError, ValueError, RuntimeError) as error:
            reason = error.strerror if isinstance(error, OSError) else _REASONS.get(type(error), str(error))
            hint = "paths are relative to the document; the file is UTF-8 text"
            self._add("reference-file-unreadable", span, f"file {quote(name)} cannot be read: {reason}", hint)
            return ""
        return text.removesuffix("\n").removesuffix("\r")

    def _secret(self, name: str, span: Span) -> str:
        provider = name.partition("/")[0]
        self._add(
            "reference-provider-unknown",
            span,
            f"there is no secret provider {quote(provider)}",
            "this version has no secret providers; use ${env:NAME}, or ${file:PATH} for a mounted secret",
        )
        return ""

    def _add(self, code: str, span: Span, message: str, hint: str, label: str = "") -> None:
        self.problems.append(Problem(code, span, message, hint, label))

    def _span(self, reference: str, leaf: Node) -> Span:
        """Return where a reference stands within its value, as far as the text shows it as it is."""
        span = leaf.span
        for number in range(span.line, min(span.end_line + 1, len(self.lines))):
            start = self.lines[number].find(reference, span.column if number == span.line else 0)
            if start >= 0:
                return Span(number, start, number, start + len(reference), span.file)
        return span


_REASONS: dict[type[Exception], str] = {
    UnicodeDecodeError: "it is not UTF-8",
    RuntimeError: "there is no home folder",
}
