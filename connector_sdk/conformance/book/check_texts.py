"""What may not stand in the texts of a book: placeholders that mean nothing there, and real secrets."""

import math
import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from connector_sdk.conformance.book.findings import Findings
from connector_sdk.conformance.book.placeholders import (
    ANY,
    KNOWN,
    SECRET,
    SERVER,
    TOKEN,
    held,
    holds,
    kind_of,
)
from connector_sdk.conformance.book.texts import Side, Text
from connector_sdk.documents.masking import sounds_secret
from connector_sdk.documents.wording import listed, nearest, quote

_MEANT: Final[dict[Side, frozenset[str]]] = {
    "config": frozenset({SERVER, SECRET}),
    "request": frozenset({SERVER, SECRET, ANY}),
    "answer": frozenset({SERVER, TOKEN}),
}
_WHERE: Final[dict[Side, str]] = {"config": "config", "request": "a request", "answer": "an answer"}

_FORMS: Final = {
    "a JSON Web Token": re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+"),
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    "an access key": re.compile(
        r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_\w{36}|\bxox[abprs]-[\w-]{10,}|\b[sr]k_live_\w{16,}"
    ),
}
_CREDENTIALS: Final = re.compile(r"(?i)(?:proxy-)?authorization|cookie|(?:x-)?api-?key")
_PAGING: Final = re.compile(r"(?i)next|page|cursor|contin|sync|delta")
_TOKEN: Final = re.compile(r"[\w+/=.~:-]{16,}", re.ASCII)
_BITS: Final = 3.2
"""Bits a character: words and names have less, what a machine made up has more."""


def check_texts(texts: Iterable[Text], findings: Findings) -> None:
    """Look at all texts."""
    served = False
    for text in texts:
        served = served or (text.side == "config" and holds(text.text, SERVER))
        _placeholders(text, findings)
        _secret(text, findings)
    if not served:
        hint = 'the connector talks to a server that plays the book: write base_url: "${SERVER}", or alike'
        findings.note(("config",), "book-placeholder", "no setting holds ${SERVER}", hint, on_key=True)


def _placeholders(text: Text, findings: Findings) -> None:
    allowed = _MEANT[text.side]
    here = f"in {_WHERE[text.side]} stand {listed((f'${{{name}}}' for name in sorted(allowed)), 'and')}"
    for name in held(text.text):
        if kind_of(name) in allowed:
            continue
        if name.startswith("${"):
            message, hint = "a placeholder is never closed", here
        elif kind_of(name) in KNOWN:
            message, hint = f"${{{name}}} means nothing in {_WHERE[text.side]}", here
        else:
            near = nearest(name, KNOWN)
            message = f"there is no placeholder {quote(f'${{{name}}}')}"
            hint = f"did you mean {quote(f'${{{near}}}')}? {here}" if near else here
        findings.note(text.at, "book-placeholder", message + text.place, hint)


def _secret(text: Text, findings: Findings) -> None:
    what = next((what for what, form in _FORMS.items() if form.search(text.text)), "")
    if not what and _belongs_to_nobody(text):
        return
    if not what and text.header and text.side == "request" and _CREDENTIALS.fullmatch(text.name):
        what = "credentials that are written out"
    if not what and sounds_secret(text.name) and not _PAGING.search(text.name) and _is_made_up(text.text):
        what = "what looks like a real secret"
    if what:
        hint = (
            'where the connector sends a secret, write "${SECRET}" or "${SECRET:name}"; where the system '
            'answers with one, "${TOKEN}"; revoke it if it was real, because books are handed on'
        )
        findings.note(
            text.at,
            "book-secret",
            f"there stands {what} under {quote(text.name)}{text.place}",
            hint,
            hidden=True,
        )


def _belongs_to_nobody(text: Text) -> bool:
    return any(kind_of(name) in _MEANT[text.side] for name in held(text.text))


def _is_made_up(text: str) -> bool:
    """Tell whether a text is long, of letters and digits, and as mixed as only chance mixes them."""
    token = text.rpartition(" ")[2]
    if not _TOKEN.fullmatch(token) or not re.search(r"(?i)[0-9].*[a-z]|[a-z].*[0-9]", token):
        return False
    shares = [count / len(token) for count in Counter(token).values()]
    return -sum(share * math.log2(share) for share in shares) >= _BITS
