"""The rules about writing pass what writes well, and find what does not."""

from pathlib import Path

import pytest

from tests.conformance.rules.spoiling import Spoiled, assert_found, assert_kept

RULES = ("WRT-01", "WRT-02", "WRT-03", "WRT-05", "WRT-06", "WRT-08", "WRT-13")
SPOILED = (
    Spoiled(
        "WRT-01",
        "lims",
        "says that it wrote, and sends nothing",
        "3 of 3 records are said to be applied, and are not there",
        code="""
from connector_sdk import APPLIED

RestSink._send = lambda self, http, batch, index, places: APPLIED
""",
    ),
    Spoiled(
        "WRT-02",
        "lims",
        "makes a new key for each attempt",
        "1 records are there twice",
        code="""
import uuid

apply = OAuth2ClientCredentials.apply


def keyed_anew(self, request, send):
    apply(self, request, send)
    if "Idempotency-Key" in request.headers:
        request.headers["Idempotency-Key"] = uuid.uuid4().hex


OAuth2ClientCredentials.apply = keyed_anew
""",
    ),
    Spoiled(
        "WRT-03",
        "safety",
        "repeats notes, which the database cannot recognise",
        "it was sent 2 times",
        old="repeatable=False",
        new="repeatable=True",
    ),
    Spoiled(
        "WRT-05",
        "safety",
        "takes the status of a batch for the answer",
        "record 2 is applied instead of dead_lettered",
        old="return [_outcome(each) for each in results]",
        new="return [APPLIED for each in results]",
    ),
    Spoiled(
        "WRT-06",
        "lims",
        "does not look at what stands in an answer with status 200",
        "a failure with status 200",
        code="\nErrorWhen.fits = lambda self, document: False\n",
    ),
    Spoiled(
        "WRT-08",
        "lims",
        "loses what the system calls the mistake",
        "does not have the code that the system gave",
        old='        code="errors.0.code",\n',
        new='        code="errors.0.text",\n',
    ),
    Spoiled(
        "WRT-13",
        "lims",
        "takes a login page for a receipt",
        "3 records are said to be applied",
        code="""
import connector_sdk.connector.rest.sink as sink

sink.refuse_markup = lambda answer: None
""",
    ),
)


@pytest.mark.slow
@pytest.mark.parametrize("base", ["lims", "safety"])
def test_what_writes_well_keeps_them(base: str, tmp_path: Path) -> None:
    assert_kept(tmp_path, base, RULES)


@pytest.mark.slow
@pytest.mark.parametrize("spoiled", SPOILED, ids=str)
def test_what_does_not_is_found(spoiled: Spoiled, tmp_path: Path) -> None:
    assert_found(tmp_path, spoiled)
