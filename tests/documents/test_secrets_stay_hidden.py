"""No diagnostic ever holds a secret, however broken its document is."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import model_validator

from connector_sdk.config import Config, Secret
from connector_sdk.documents import Document, DocumentError, load, load_leniently, render
from connector_sdk.errors import ConfigurationError

CANARY = "c4n4ry-7f3a"


class Login(Config):
    user: str
    pin: Secret | None = None
    keys: dict[str, Secret] = {}  # noqa: RUF012  # pydantic copies it
    limit: int = 0


class Loose(Login):
    @model_validator(mode="after")
    def _talk(self) -> "Loose":
        shown = self.pin.reveal() if self.pin else ""
        raise ValueError(f"{self.user.upper()} must not use {shown}")


def told(attempt: Callable[[Path], object], path: Path) -> list[str]:
    """Return all that is said of a document that cannot be read so."""
    try:
        attempt(path)
    except DocumentError as error:
        return [said(error)]
    return []


def said(error: DocumentError) -> str:
    return "\n".join(
        [render(error.diagnostics), str(error), repr(error), repr(error.diagnostics), error.hint]
    )


SECRET_LINES = st.sampled_from(
    [
        f"password: {CANARY}",
        f'password: "{CANARY} and more"',
        f"client_secret: '{CANARY}'",
        f"api-key: [{CANARY}, {CANARY}]",
        f"auth: {{user: a, token: {CANARY}, other: b}}",
        f"url: https://reader:{CANARY}@example.org/x",
        f"private_key: |\n  -----BEGIN\n  {CANARY}\n  -----END",
        f"credentials:\n  first: {CANARY}\n  second: {CANARY}",
        f"Authorization: Bearer {CANARY}",
    ]
)
OTHER_LINES = st.sampled_from(
    [
        "a: 012",
        "b: [",
        "c: NO",
        "d: {x: 1, x: 2}",
        "e: @x",
        "f: *x",
        "\tg: 1",
        "h",
        "- i",
        "j: 'x",
        "k: !!x y",
        "x: y: z",
        "'q' r",
    ]
)


@settings(deadline=None)
@given(lines=st.lists(SECRET_LINES | OTHER_LINES, min_size=1, max_size=6))
def test_bad_documents_do_not_give_secrets_away(
    lines: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "secrets.yaml"
    path.write_text("\n".join(lines))
    for attempt in (load, lambda found: load_leniently(found).validate(Login)):
        assert CANARY not in "\n".join(told(attempt, path))


def document(tmp_path: Path, text: str) -> Document:
    path = tmp_path / "p.yaml"
    path.write_text(text)
    return load_leniently(path)


@pytest.mark.parametrize(
    "text",
    [
        f"user: a\npin: {CANARY}\nlimit: x\n",
        f"{{user: 5, pin: {CANARY}, limit: x}}\n",
        f"{{user: 5, pin: a, pin: {CANARY}}}\n",
        f"{{user: 5, pni: {CANARY}}}\n",
        f"{{user: 5, something: {CANARY}}}\n",
        f"{{user: 5, keys: {{a: {CANARY}, b: 5}}}}\n",
        f"{{user: 5, pin: [{CANARY}]}}\n",
        f"user: 5\npin: >\n  {CANARY}\n  x\nlimit: {CANARY}\n".replace(f"limit: {CANARY}", "limit: x"),
    ],
)
def test_values_of_secret_fields_are_masked(tmp_path: Path, text: str) -> None:
    with pytest.raises(DocumentError) as caught:
        document(tmp_path, text).validate(Login)
    assert CANARY not in said(caught.value)


def test_a_validator_that_talks_is_cut_short(tmp_path: Path) -> None:
    found = document(tmp_path, f"user: ${{env:NAME}}\npin: {CANARY}\n").with_references(
        environment={"NAME": "q9x8w7"}
    )
    with pytest.raises(DocumentError) as caught:
        found.validate(Loose)
    assert CANARY not in said(caught.value)
    assert "q9x8w7" not in said(caught.value).lower()
    assert "is not accepted" in str(caught.value)


def test_a_document_does_not_show_its_values(tmp_path: Path) -> None:
    found = document(tmp_path, "user: ${env:NAME}\n").with_references(environment={"NAME": CANARY})
    assert CANARY not in repr(found)
    assert found.value == {"user": CANARY}


def test_a_reference_may_be_seen(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        document(tmp_path, "user: 5\npin: ${env:PIN}\n").with_references(environment={})
    assert "${env:PIN}" in render(caught.value.diagnostics)


def test_findings_of_others_are_placed_and_masked(tmp_path: Path) -> None:
    found = document(tmp_path, f"a: {{password: {CANARY}, path: x}}\n")
    error = found.error(("a", "path"), "document-unreadable", "cannot be opened", "check it")
    assert isinstance(error, ConfigurationError)
    assert error.location.endswith("p.yaml:1:34")
    assert CANARY not in said(error)
