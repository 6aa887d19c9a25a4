"""Real secrets have no place in a book, and are not shown where they are found."""

import json
from pathlib import Path

import pytest

from connector_sdk.conformance.book import read_book
from connector_sdk.documents import DocumentError, render
from tests.conformance.book.library import copy_of

# Made up, of the shapes that real ones have; in parts, so that nobody's scanner takes them for real.
MADE_UP = "Zk3vQ9xWb2Lr7TnY" + "5sHd8PfJ"
JWT = ".".join(["eyJ" + "hbGciOiJIUzI1NiJ9", "eyJ" + "zdWIiOiJhY21lIn0", MADE_UP])
KEY = "-----BEGIN RSA " + "PRIVATE KEY-----"
ACCESS = "AK" + "IA" + "QX7RT2WLM4ZP9KHD"
QUERY = "query: {cursor: p2}"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('client_secret: "${SECRET}"', f"client_secret: {MADE_UP}"),
        ('access_token: "${TOKEN}"', f'access_token: {MADE_UP}, session: "${{TOKEN}}"'),
        (QUERY, f"{QUERY}, headers: {{Authorization: Bearer {MADE_UP}}}"),
        (QUERY, f"{QUERY}, headers: {{Authorization: Basic YTpi}}"),
        (QUERY, f"{QUERY}, headers: {{X-Api-Key: abc}}"),
        (QUERY, f"{QUERY}, headers: {{Cookie: sid=1}}"),
        ("X-Quota-Remaining: ", f"X-Remark: {JWT}, X-Quota-Remaining: "),
        ("message: ", f"note: {JWT}, message: "),
        ("message: ", f"note: {ACCESS}, message: "),
        ("message: ", f'note: "{KEY}", message: '),
        ("response: {json: samples-3.json}", f'response: {{body: "see {JWT}"}}'),
    ],
)
def test_a_secret_is_refused_and_not_shown(old: str, new: str, tmp_path: Path) -> None:
    folder = copy_of(tmp_path, (old, new))
    with pytest.raises(DocumentError) as caught:
        read_book(folder)
    found = [each for each in caught.value.diagnostics if each.code == "book-secret"]
    assert len(found) == 1, caught.value.diagnostics
    told = f"{render(caught.value.diagnostics)}{caught.value}{found}"
    assert not [secret for secret in (MADE_UP, JWT, KEY, ACCESS) if secret in told]
    assert found[0].line > 0


def test_a_secret_in_a_file_is_refused_with_the_path_to_it(tmp_path: Path) -> None:
    folder = copy_of(tmp_path)
    answer = json.loads((folder / "samples-2.json").read_bytes())
    answer["data"][1]["initials"] = JWT
    (folder / "samples-2.json").write_text(json.dumps(answer), encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        read_book(folder)
    assert caught.value.code == "book-secret"
    assert "'samples-2.json' at $.data[1].initials" in str(caught.value)
    assert JWT not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (QUERY, f'{QUERY}, headers: {{Authorization: "Bearer ${{SECRET:static}}"}}'),
        (QUERY, f'{QUERY}, headers: {{Authorization: "Basic ${{any}}"}}'),
        (QUERY, f"{QUERY}, headers: {{Accept: application/json;odata.metadata=minimal1}}"),
        ("token_type: Bearer", f"token_type: Bearer, next_page_token: {MADE_UP}"),
        (
            "client_id: warehouse",
            "client_id: warehouse, token_url: /oauth/token, secret_kind: client-credentials",
        ),
        ('message: "no such sample"', f"reference: {MADE_UP}"),
    ],
)
def test_what_is_no_secret_is_let_pass(old: str, new: str, tmp_path: Path) -> None:
    read_book(copy_of(tmp_path, (old, new)))
