"""Where a book comes from, and how old it is, limits what can be proven with it, and is told."""

from datetime import UTC, datetime

import pytest

from connector_sdk.conformance.catalogue import HIGHEST
from connector_sdk.conformance.certificate import BookFacts
from connector_sdk.conformance.outcome import Tier
from connector_sdk.conformance.provenance import limits

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def _book(*kinds: str, recorded: str = "2026-11-01") -> BookFacts:
    return BookFacts("sha256:" + "0" * 64, kinds, ("https://developer.acme.example",), recorded, "v1")


def test_a_book_of_the_own_simulator_alone_brings_no_more_than_bronze_and_says_so() -> None:
    highest, said = limits(_book("simulator"), NOW)
    assert highest is Tier.BRONZE
    assert len(said) == 1
    assert "own simulator" in said[0]
    assert "bronze" in said[0]


@pytest.mark.parametrize("kinds", [("documentation",), ("sandbox",), ("documentation", "simulator")])
def test_one_exchange_from_elsewhere_lifts_the_limit(kinds: tuple[str, ...]) -> None:
    assert limits(_book(*kinds), NOW) == (HIGHEST, ())


@pytest.mark.parametrize(("recorded", "told"), [("2025-11-21", 0), ("2025-11-20", 1)])
def test_an_old_book_limits_nothing_but_is_told(recorded: str, told: int) -> None:
    highest, said = limits(_book("documentation", recorded=recorded), NOW)
    assert highest is HIGHEST
    assert len(said) == told
