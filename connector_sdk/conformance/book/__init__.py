"""Books: exchanges with a vendor's system, what stands where in them, and one run's values."""

from connector_sdk.conformance.book.book import Book, Provenance, SeededBook
from connector_sdk.conformance.book.exchange import Exchange, Member, Roles
from connector_sdk.conformance.book.json_path import changed, find, put
from connector_sdk.conformance.book.json_tree import Tree, parse, written
from connector_sdk.conformance.book.matching import asked, permitted, same
from connector_sdk.conformance.book.placeholders import filled, matches
from connector_sdk.conformance.book.reading import read_book
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
    "find",
    "matches",
    "parse",
    "permitted",
    "put",
    "read_book",
    "same",
    "seeded",
    "written",
]
