"""A book on respx: what an author's own tests are answered."""

import sys
from collections.abc import Iterator
from decimal import Decimal
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from connector_sdk.conformance import mocked
from connector_sdk.conformance.book import parse
from connector_sdk.connector import Call
from connector_sdk.documents import DocumentError
from connector_sdk.errors import AuthenticationError, ConfigurationError, InvalidInputError, NotFoundError
from tests.conformance.book.library import ACME, copy_of

LIMS = Path(__file__).parents[3] / "docs" / "tutorial" / "acme_lims.py"


@pytest.fixture(scope="module")
def lims() -> Iterator[ModuleType]:
    """The tutorial's connector."""
    spec = spec_from_file_location("acme_lims_of_the_tutorial", LIMS)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def _read(lims: ModuleType, config: Any, position: Any = None) -> tuple[list[Any], Any]:
    acme = lims.Acme(lims.AcmeConfig(**config))
    pages = list(acme.stream("samples").read(Call(), position))
    acme.close()
    return [parse(record) for page in pages for record in page.records], pages[-1].cursor


def test_the_tutorials_connector_reads_what_the_book_has(lims: ModuleType) -> None:
    with mocked(ACME, "read.samples.full", "read.samples.delta", seed=3) as vendor:
        records, cursor = _read(lims, vendor.config)
        assert records == vendor.book.golden("samples")
        assert vendor.asked == ["token", "samples.p1", "samples.p2", "samples.p3"]
        fresh, _ = _read(lims, vendor.config, cursor)
    assert fresh == vendor.book.golden("samples", "delta")[1:]


def test_it_writes_what_the_book_takes(lims: ModuleType) -> None:
    with mocked(ACME, "write.results") as vendor:
        acme = lims.Acme(lims.AcmeConfig(**vendor.config))
        for record in vendor.book.inputs("results"):
            body = {"sample": record["sample"], "value": Decimal(record["value"])}
            assert acme.http.request(
                "POST", "/results", json=body, headers={"Idempotency-Key": record["sample"]}
            ).json()["accepted"]
        acme.close()
    assert vendor.asked == ["token", "results.1", "results.2", "results.3"]


def test_what_the_vendor_refuses_is_refused(lims: ModuleType) -> None:
    with mocked(ACME) as vendor:
        acme = lims.Acme(lims.AcmeConfig(**vendor.config))
        bad = vendor.book.exchanges["results.unknown_sample"].body
        body = {"sample": bad["sample"], "value": 2}
        with pytest.raises(InvalidInputError) as caught:
            acme.http.request("POST", "/results", json=body, headers={"Idempotency-Key": "1"})
        acme.close()
    assert caught.value.code == "acme:NO_SUCH_SAMPLE"


def test_a_request_that_lacks_a_listed_header_is_unauthorized(lims: ModuleType) -> None:
    with mocked(ACME, "write.results") as vendor:
        acme = lims.Acme(lims.AcmeConfig(**vendor.config))
        record = vendor.book.inputs("results")[0]
        body = {"sample": record["sample"], "value": Decimal(record["value"])}
        with pytest.raises(AuthenticationError):
            acme.http.request("POST", "/results", json=body)
        acme.close()


def test_a_request_that_the_book_does_not_have_fails_the_test(lims: ModuleType) -> None:
    mounted = mocked(ACME, "read.samples.full")
    acme = lims.Acme(lims.AcmeConfig(**mounted.__enter__().config))
    with pytest.raises(NotFoundError):
        acme.http.request("GET", "/elsewhere?a=b")
    acme.close()
    with pytest.raises(AssertionError, match=r"the book does not have: GET /elsewhere\?a=b$"):
        mounted.__exit__(None, None, None)


def test_what_a_test_finds_itself_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), mocked(ACME):
        raise ZeroDivisionError


def test_a_scenario_that_is_not_there() -> None:
    with pytest.raises(LookupError, match=r"read\.samples\.all"), mocked(ACME, "read.samples.all"):
        pass


def test_an_unusable_book(tmp_path: Path) -> None:
    folder = copy_of(tmp_path, ("next: $.next", "next: $.nxt"))
    with pytest.raises(DocumentError), mocked(folder):
        pass


def test_without_respx_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "respx", None)
    with pytest.raises(ConfigurationError) as caught, mocked(ACME):
        pass
    assert caught.value.code == "respx-missing"


def test_answers_that_follow_each_other_come_in_turn(lims: ModuleType, tmp_path: Path) -> None:
    edits = ("  samples.p3:\n", "  samples.p3:\n    in_turn: true\n"), ("{cursor: p3}", "{cursor: p2}")
    with mocked(copy_of(tmp_path, *edits), "read.samples.full") as vendor:
        acme = lims.Acme(lims.AcmeConfig(**vendor.config))
        answers = [acme.http.get("/samples", params={"cursor": "p2"}).json()["next"] for _ in range(3)]
        acme.close()
    assert answers == ["p3", None, None]
