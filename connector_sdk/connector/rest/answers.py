"""Walk through the pages of one question, and prove at the end that they are all."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from connector_sdk.connector.rest.answer import Answer, read_answer
from connector_sdk.connector.rest.collection import Collection
from connector_sdk.connector.rest.paging import RUN_AGAIN, Params
from connector_sdk.errors import IncompleteResponseError

if TYPE_CHECKING:
    from connector_sdk.http.client import Http

MOST_PAGES: Final = 100_000


def answers(http: "Http", source: Collection, since: str | None) -> Iterator[Answer]:
    """Yield the answers of one walk.

    Raises IncompleteResponseError (page-loop, too-many-pages, and what `Answer` and `Paging` raise).
    """
    asked = {**source.params, **({source.since: since} if since is not None else {})}
    page: Params | None = source.paging.first()
    met: set[tuple[tuple[str, str], ...]] = set()
    before, records, pages = b"", 0, 0
    while page is not None:
        turn = tuple(page.items())
        if turn in met:
            raise _looping(source)
        met.add(turn)
        response = http.get(source.path, values=source.values, params={**asked, **page})
        answer = read_answer(response, source.records, source.total)
        same = hashlib.sha256(b"\n".join(answer.records)).digest()
        if answer.records and same == before:
            raise _looping(source)
        before, records, pages = same, records + len(answer.records), pages + 1
        if pages > MOST_PAGES:
            raise _too_many(source)
        yield answer
        page = source.paging.after(answer, pages, records)


@dataclass(slots=True)
class Count:
    """Holds what arrives against the total that the system tells."""

    source: Collection
    records: int = 0
    _ids: set[int] = field(default_factory=set)
    _totals: list[int] = field(default_factory=list)

    def add(self, answer: Answer, ids: list[int]) -> None:
        """Count one answer; `ids` are hashes of its records' keys, none where there is no key."""
        if answer.total is None:
            return
        self.records += len(answer.records)
        self._ids.update(ids)
        if self._totals[-1:] != [answer.total]:
            self._totals.append(answer.total)

    def prove(self) -> None:
        """Raise IncompleteResponseError where the walk met more or fewer records than there are.

        A record met twice stands for one that was passed over, hence keys are counted where there are some.
        """
        if not self._totals:
            return
        found = len(self._ids) if self.source.key else self.records
        changed = self.source.paging.shifts and len(self._totals) > 1
        if found == self._totals[-1] and not changed:
            return
        what = "changed while it was read" if changed else f"is said to have {self._totals[-1]} records"
        raise IncompleteResponseError(
            f"{self.source.path}: the collection {what}, and {found} different ones arrived",
            code="total-not-met",
            hint=f"{RUN_AGAIN}, compare `total` with what the system counts there",
        )


def _looping(source: Collection) -> IncompleteResponseError:
    return IncompleteResponseError(
        f"{source.path}: a page is followed by one that was read before",
        code="page-loop",
        hint=f"compare the paging's parameters with the vendor's documentation; {RUN_AGAIN}, ask it",
    )


def _too_many(source: Collection) -> IncompleteResponseError:
    return IncompleteResponseError(
        f"{source.path}: more than {MOST_PAGES} pages, and no end",
        code="too-many-pages",
        hint="ask for larger pages; a system that invents pages for ever is told apart by nothing else",
    )
