"""`trace`: a record is found by its key, every time it was read, with what proves it."""

from pathlib import Path

import pytest

from connector_sdk.cli.keys import candidates
from connector_sdk.ledger import lookup
from tests.cli.conftest import Call, records
from tests.cli_runs import write_lines, write_pipeline

READINGS = {
    "001": [b'["001"]'],
    "17": [b'["17"]', b"[17]"],
    "-1.50": [b'["-1.50"]', b"[-1.5]"],
    "1e3": [b'["1e3"]', b"[1000]"],
    "01-701": [b'["01-701"]'],
    '["a", 1]': [b'["a",1]'],
    "[1.50]": [b"[1.5]"],
    "[12345678901234567890123]": [b"[12345678901234567890123]"],
    '[{"record": 5}]': [b'[{"record":5}]'],
    " [null]": [b"[null]"],
    "é ": ['["é "]'.encode()],
    '["\\u00e9/"]': ['["é/"]'.encode()],
    "2026-01-02T03:04:05+01:00": [b'["2026-01-02T03:04:05+01:00"]', b'["2026-01-02T02:04:05Z"]'],
    "2026-99-02T03:04:05+01:00": [b'["2026-99-02T03:04:05+01:00"]'],
}


@pytest.mark.parametrize(("text", "keys"), READINGS.items(), ids=READINGS)
def test_a_key_is_read_in_every_way_it_may_be_meant(text: str, keys: list[bytes]) -> None:
    assert candidates(text) == keys


@pytest.mark.parametrize("key", ["[", "[1", "[NaN]", "[" * 100_000, "\udcff", '["\\ud800"]'])
def test_a_key_that_is_none_is_refused(call: Call, folder: Path, key: str) -> None:
    result = call("trace", folder, "--key", key, "--json")
    assert (result.code, result.document["error"]["code"]) == (2, "key-malformed")


@pytest.mark.req("P11-10a-2")
def test_every_reading_of_a_record_is_found_with_its_proof(call: Call, folder: Path) -> None:
    first = call("run", folder, "--json").document["run"]
    second = call("run", folder, "--full-refresh", "--json").document["run"]
    result = call("trace", folder, "--key", "0012", "--json")
    assert result.code == 0
    found = result.document["sightings"]
    assert [one["run"] for one in found] == [first, second]
    assert [one["number"] for one in found] == [12, 37]
    assert [one["origin"] for one in found] == [12, 12]
    assert [(one["seq"], one["position"]) for one in found] == [(2, 1), (5, 1)]
    assert {one["disposition"] for one in found} == {"applied"}
    assert all(one["proven"] and one["event"] for one in found)
    assert found[0]["leaf"] != found[1]["leaf"]
    assert call("audit", "verify", folder).code == 0
    shown = call("trace", folder, "--key", "0012").out
    assert f"audit event {found[0]['event']}" in shown
    assert found[1]["root"] in shown


def test_a_record_set_aside_is_found(call: Call, poisoned: Path) -> None:
    letter = call("dead-letters", "list", poisoned, "--json").document["dead_letters"][0]["id"]
    found = call("trace", poisoned, "--key", '[{"record": 20}]', "--json").document["sightings"]
    assert [(one["disposition"], one["dead_letter"]) for one in found] == [("dead_lettered", letter)]


def test_a_record_never_read_is_not_found(call: Call, folder: Path) -> None:
    call("run", folder)
    result = call("trace", folder, "--key", "9999", "--json")
    assert (result.code, result.document["found"], result.document["sightings"]) == (0, False, [])
    assert "has read no record with the key 9999" in call("trace", folder, "--key", "9999").out


def test_without_a_ledger_there_is_nothing_to_ask(call: Call, folder: Path) -> None:
    result = call("trace", folder, "--key", "0001", "--json")
    assert (result.code, result.document["error"]["code"]) == (70, "ledger-missing")


def test_a_stream_without_key_knows_its_records_by_number(call: Call, tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", [{"a": "x"}, {"a": "y"}])
    write_pipeline(
        tmp_path,
        "format: 1\npipeline: plain\nsource: {connector: files, config: {path: in.jsonl}}\n"
        "destination: {connector: files, config: {path: out}}\nwrite: {mode: append}\n",
    )
    assert call("run", tmp_path).code == 0
    found = call("trace", tmp_path, "--key", "2", "--json").document["sightings"]
    assert [(one["key"], one["origin"]) for one in found] == [("[2]", 2)]


def test_a_prefix_that_stands_across_two_records_is_none() -> None:
    prefix = bytes(range(8))
    packed = b"abc" + prefix + b"abcde" + prefix + prefix
    assert list(lookup._aligned(packed, prefix)) == [2, 3]
    assert list(lookup._aligned(b"\0" * 24, b"\0" * 8)) == [0, 1, 2]


def test_the_right_one_of_many_is_found(call: Call, folder: Path) -> None:
    write_lines(folder / "subjects.jsonl", records(400))
    call("run", folder)
    for number in (1, 200, 400):
        found = call("trace", folder, "--key", f"{number:04d}", "--json").document["sightings"]
        assert [one["origin"] for one in found] == [number]
