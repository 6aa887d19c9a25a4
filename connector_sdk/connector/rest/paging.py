"""How a collection is asked for page by page, and where it ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

from connector_sdk.connector.rest.answer import Answer
from connector_sdk.errors import IncompleteResponseError

Params = Mapping[str, str]

RUN_AGAIN: Final = (
    "nothing is skipped, the cursor stays before what is not proven; run again, and if it stays"
)


class Paging(Protocol):
    """One way of paging: its parameters, beside the collection's own."""

    explicit: ClassVar[bool]
    """Whether the system says itself that a page is the last."""
    shifts: ClassVar[bool]
    """Whether a record that goes moves those after it to an earlier page, where nobody meets them."""

    def first(self) -> Params:
        """Return the parameters of the first page."""
        ...

    def after(self, answer: Answer, pages: int, records: int) -> Params | None:
        """Return the parameters of the next page, None at the end; so many pages and records were read.

        Raises IncompleteResponseError where the answer does not tell.
        """
        ...


@dataclass(frozen=True, slots=True)
class NoPaging:
    """Everything comes in one answer."""

    explicit: ClassVar[bool] = False
    shifts: ClassVar[bool] = False

    def first(self) -> Params:
        return {}

    def after(self, answer: Answer, pages: int, records: int) -> Params | None:
        return None


@dataclass(frozen=True, slots=True)
class BodyCursor:
    """The answer holds at `next` (a dotted path) what `param` asks for the next page with.

    Null, an empty text, or the absence of the path's last part say that the page is the last.
    """

    next: str
    param: str = "cursor"
    explicit: ClassVar[bool] = True
    shifts: ClassVar[bool] = False

    def first(self) -> Params:
        return {}

    def after(self, answer: Answer, pages: int, records: int) -> Params | None:
        parent, _, last = self.next.rpartition(".")
        holder = answer.at(parent)
        if not isinstance(holder, dict):
            raise _unusable(f"has nothing at {parent or 'its top'!r} that could hold {last!r}")
        token = holder.get(last)
        if token is None or token == "":
            return None
        if isinstance(token, bool) or not isinstance(token, str | int):
            raise _unusable(f"has at {self.next!r} neither a text nor a whole number nor null")
        return {self.param: str(token)}


@dataclass(frozen=True, slots=True)
class PageNumber:
    """Pages have numbers: `param` asks for one, `size_param`, where there is one, for `size` records a page.

    The end is a page without records, or, where the collection's `total` is known, having that many. A short
    page is no end: systems cap the size they are asked for.
    """

    param: str = "page"
    start: int = 1
    size_param: str = ""
    size: int = 0
    explicit: ClassVar[bool] = False
    shifts: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if bool(self.size_param) != (self.size > 0):
            raise TypeError("PageNumber takes `size_param` and `size` together, or neither")

    def first(self) -> Params:
        return self._page(0)

    def after(self, answer: Answer, pages: int, records: int) -> Params | None:
        if not answer.records or (answer.total is not None and records >= answer.total):
            return None
        return self._page(pages)

    def _page(self, pages: int) -> Params:
        sized = {self.size_param: str(self.size)} if self.size_param else {}
        return {self.param: str(self.start + pages), **sized}


def _unusable(what: str) -> IncompleteResponseError:
    return IncompleteResponseError(
        f"the answer {what}, so that nobody knows whether more follows",
        code="next-unusable",
        hint=f"compare the paging's `next` with an answer of the system; {RUN_AGAIN}, ask its vendor",
    )
