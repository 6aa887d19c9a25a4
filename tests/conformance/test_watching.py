"""What is seen in passing is kept for the rule that it is the matter of, whichever rule saw it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from connector_sdk.conformance.book import read_book, seeded
from connector_sdk.conformance.examination import Examination
from connector_sdk.conformance.player import Player
from connector_sdk.conformance.protocol import Told
from connector_sdk.conformance.watching import ELSEWHERE, PERSONAL, SECRET, watch
from tests.conformance.examining import CONNECTORS, SEED


@pytest.fixture
def examination(tmp_path: Path) -> Examination:
    return Examination("lims", seeded(read_book(CONNECTORS / "lims" / "book"), SEED), Path(), tmp_path)


def seen(examination: Examination, told: Callable[[Player], Told], *files: Path) -> dict[str, str]:
    with Player(examination.book) as player:
        watch(examination, "X-01", [player], told(player), [], files)
    rules = (PERSONAL, SECRET, ELSEWHERE)
    return {rule: found[0] for rule in rules if (found := examination.findings.of(rule))}


def test_the_system_itself_is_nobody_else(examination: Examination) -> None:
    def told(player: Player) -> Told:
        return Told(connects=[("127.0.0.1", port) for port in player.ports], lookups=["127.0.0.1"])

    assert seen(examination, told) == {}


def test_the_systems_port_on_another_host_is_somebody_else(examination: Examination) -> None:
    def told(player: Player) -> Told:
        return Told(connects=[("192.0.2.1", port) for port in player.ports])

    assert "192.0.2.1" in seen(examination, told)[ELSEWHERE]


def test_a_name_that_is_looked_up_is_somebody_else_and_is_not_told(examination: Examination) -> None:
    """Without a network no connection follows; and the name may carry what must not leave."""
    personal = examination.book.personal[0]
    found = seen(examination, lambda _: Told(lookups=[f"{personal}.vendor.example"]))
    assert found.keys() == {ELSEWHERE, PERSONAL}
    assert not any(personal in said for said in found.values())


def test_what_stands_in_a_file_is_seen_however_long_ago_it_was_opened(
    examination: Examination, tmp_path: Path
) -> None:
    file = tmp_path / "log"
    file.write_text(f"with {examination.book.secrets[0]}\n", encoding="utf-8")
    assert seen(examination, lambda _: Told(), file, tmp_path / "gone").keys() == {SECRET}
