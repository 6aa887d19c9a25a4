"""Where in the answers of a stream what stands, as the book's roles say."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from connector_sdk.conformance.book import Exchange, Number, SeededBook, changed, find
from connector_sdk.conformance.book.json_path import put


@dataclass(frozen=True, slots=True)
class Anatomy:
    """One stream of a book."""

    book: SeededBook
    stream: str

    def data(self, part: str = "full") -> list[Exchange]:
        """Return the exchanges of one of its scenarios, without those that issue credentials."""
        return [each for each in self.book.scenario(self.scenario(part)) if not each.issues_token]

    def scenario(self, part: str = "full") -> str:
        """Return the name of one of its scenarios."""
        return f"read.{self.stream}.{part}"

    @property
    def pages(self) -> list[int]:
        """Which exchanges of a full read have records: the others ask what there is, or how it looks."""
        holder = self.book.roles(self.stream).records.removesuffix("[*]")
        return [
            at for at, each in enumerate(self.data()) if each.answers_json and find(each.response, holder)
        ]

    @property
    def paged(self) -> bool:
        """Whether the book has several pages of it."""
        return len(self.pages) > 1

    @property
    def incremental(self) -> bool:
        """Whether the book says how it is read on."""
        return bool(self.data("delta"))

    @property
    def total(self) -> str:
        """The path of the total, empty where there is none."""
        return self.book.roles(self.stream).total

    @property
    def next(self) -> str:
        """The path of what leads to the next page, empty where no answer holds it."""
        return self.book.roles(self.stream).next

    @property
    def counts(self) -> list[int]:
        """How many records each page of a full read has."""
        data = self.data()
        return [len(self.records_in(data[page].response)) for page in self.pages]

    @property
    def cursor_field(self) -> str:
        """The field of a record that says when it changed."""
        roles = self.book.roles(self.stream)
        return roles.cursor.removeprefix(roles.records).removeprefix(".")

    def records_in(self, tree: Any) -> list[Any]:
        """Return the records in an answer, with all their members."""
        return find(tree, self.book.roles(self.stream).records)

    def with_records(self, tree: Any, records: Sequence[Any]) -> Any:
        """Return an answer with other records in it, each in what stood around those that were there."""
        holder, _, inside = self.book.roles(self.stream).records.rpartition("[*]")

        def filled(old: Sequence[Any]) -> list[Any]:
            around = [old[min(at, len(old) - 1)] if inside else None for at in range(len(records))]
            return [put(each, f"${inside}", record) for each, record in zip(around, records, strict=True)]

        return changed(tree, holder, filled)

    def with_total(self, tree: Any, change: Callable[[int], int]) -> Any:
        """Return an answer with another total, where it has one."""
        return changed(tree, self.total, lambda old: Number(str(change(int(old))))) if self.total else tree
