"""Books: exchanges with a vendor's system, what stands where in them, and one run's values."""

from connector_sdk.conformance.book.book import Book, Provenance, SeededBook
from connector_sdk.conformance.book.exchange import Exchange, Member, Roles
from connector_sdk.conformance.book.json_path import changed, find, put
from connector_sdk.conformance.book.json_tree import (
    Tree,
    is_text,
    leaves,
    parse,
    with_leaves,
    without,
    written,
)
from connector_sdk.conformance.book.matching import asked, permitted, same
from connector_sdk.conformance.book.placeholders import filled, filled_in, matches
from connector_sdk.conformance.book.reading import read_book
from connector_sdk.conformance.book.refusals import refusals
from connector_sdk.conformance.book.seeding import seeded
from connector_sdk.decode.strict import Number

__all__ = [
    "Book",
    "Exchange",
    "Member",
    "Number",
    "Provenance",
    "Roles",
    "SeededBook",
    "Tree",
    "asked",
    "changed",
    "filled",
    "filled_in",
    "find",
    "is_text",
    "leaves",
    "matches",
    "parse",
    "permitted",
    "put",
    "read_book",
    "refusals",
    "same",
    "seeded",
    "with_leaves",
    "without",
    "written",
]
