"""Signed notes, against the vectors of their specification and against forgers."""

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_sdk.errors import ConfigurationError, LedgerError
from connector_sdk.signing import Signer, Verifier, open_note, sign_note, trusted

VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SIGNATURE = (
    "\u2014 example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
TEXT = "This is an example message.\n"
NOTE = f"{TEXT}\n{SIGNATURE}"
SIGNER, STRANGER = Signer.new(), Signer.new()


def refused(note: str, *verifiers: Verifier) -> str:
    with pytest.raises(LedgerError) as caught:
        open_note(note, verifiers)
    assert caught.value.hint
    return caught.value.code


def test_a_known_note_is_opened() -> None:
    verifier = Verifier.from_vkey(VKEY)
    assert verifier.vkey == VKEY
    assert open_note(NOTE, [verifier]) == (TEXT, (verifier,))


@given(lines=st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=1))
def test_a_note_opens_as_it_was_signed(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    assert open_note(sign_note(text, SIGNER), [STRANGER.verifier, SIGNER.verifier]) == (
        text,
        (SIGNER.verifier,),
    )


def test_signatures_of_unknown_keys_are_passed_over() -> None:
    both = sign_note(TEXT, SIGNER) + sign_note(TEXT, STRANGER).rpartition("\n\n")[2]
    assert open_note(both, [SIGNER.verifier]) == (TEXT, (SIGNER.verifier,))
    assert open_note(both, [STRANGER.verifier]) == (TEXT, (STRANGER.verifier,))
    assert open_note(both, [SIGNER.verifier, STRANGER.verifier])[1] == (SIGNER.verifier, STRANGER.verifier)


def test_one_known_signature_that_does_not_fit_spoils_the_note() -> None:
    bad = sign_note("Something else.\n", STRANGER).rpartition("\n\n")[2]
    note = sign_note(TEXT, SIGNER) + bad
    assert refused(note, SIGNER.verifier, STRANGER.verifier) == "note-forged"


@given(at=st.integers(0, len(TEXT) - 2), put=st.sampled_from(["", "x", "é", "This is"]))
def test_an_altered_text_is_forged(at: int, put: str) -> None:
    text = TEXT[:at] + put + TEXT[at + 1 :]
    if text != TEXT:
        assert refused(NOTE.replace(TEXT, text), Verifier.from_vkey(VKEY)) == "note-forged"


def test_a_signature_by_nobody_known_is_told_by_its_key() -> None:
    with pytest.raises(LedgerError, match=r"example\.com/foo\+530d903a") as caught:
        open_note(NOTE, [SIGNER.verifier])
    assert caught.value.code == "note-unknown-key"
    namesake = Verifier("example.com/foo", SIGNER.verifier.public)
    assert refused(NOTE, namesake) == "note-unknown-key"
    assert refused(NOTE) == "note-unknown-key"


@pytest.mark.parametrize(
    "note",
    [
        "",
        TEXT,
        f"{TEXT}\n",
        f"{TEXT}{SIGNATURE}",
        NOTE.removesuffix("\n"),
        NOTE.replace("\u2014", "-"),
        NOTE.replace("example.com/foo ", ""),
        NOTE.replace("example.com/foo", "example.com+foo"),
        NOTE.replace("example.com/foo", "example.com\u00a0foo"),
        NOTE.replace("Uw2Q", "Uw2"),
        NOTE.replace("Uw2Q", "Uw!Q"),
        NOTE.replace("aQM=", "aQN="),
        f"{TEXT}\n\u2014 example.com/foo Uw2QOg==\n",
        NOTE.replace("message", "mess\tage"),
        NOTE.replace("message", "mess\udcffage"),
        NOTE.replace("\n", "\r\n"),
        TEXT + "\n" + SIGNATURE * 101,
        "x" * 2**20 + NOTE,
    ],
)
def test_what_is_not_a_note_is_refused(note: str) -> None:
    assert refused(note, Verifier.from_vkey(VKEY)) == "note-malformed"


@pytest.mark.parametrize("text", ["", "no newline", "bell\a\n", "lone \ud800\n"])
def test_what_no_note_can_say_is_not_signed(text: str) -> None:
    with pytest.raises(LedgerError) as caught:
        sign_note(text, SIGNER)
    assert caught.value.code == "note-malformed"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "example.com/foo",
        VKEY.replace("530d903a", "530d903b"),
        VKEY.replace("foo", "bar"),
        VKEY.replace("foo", "f oo"),
        VKEY.replace("foo", "f\udcffoo"),
        VKEY.replace("AekyeRrm", "AekyeRrn"),
        VKEY[:-4],
        "PRIVATE+KEY+" + VKEY,
        "example.com/foo+530d903a+" + base64.b64encode(b"\x02" + bytes(32)).decode(),
    ],
)
def test_what_is_not_a_public_key_is_refused(line: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Verifier.from_vkey(line)
    assert caught.value.code == "vkey-malformed"


def test_a_file_of_trusted_keys_may_hold_comments(tmp_path: Path) -> None:
    file = tmp_path / "trust.txt"
    file.write_text(f"# QA, 2026\n\n{VKEY}\n{SIGNER.verifier.vkey}  \n", encoding="utf-8")
    assert trusted(file) == (Verifier.from_vkey(VKEY), SIGNER.verifier)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_of_trusted_keys_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "trust.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        trusted(file)
    assert (caught.value.code, caught.value.location) == ("trust-unreadable", str(file))


def test_a_private_key_reads_back_and_never_shows(tmp_path: Path) -> None:
    again = Signer.from_text(SIGNER.text() + "\n")
    assert again == SIGNER
    seed = base64.b64encode(b"\x01" + SIGNER.seed).decode()
    assert seed in SIGNER.text()
    assert seed not in repr(SIGNER)
    assert repr(SIGNER.seed) not in repr(SIGNER)
