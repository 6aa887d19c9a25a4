"""A stream's `paging`: how the next page is asked for."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from connector_sdk.config import Config
from connector_sdk.connector.rest import BodyCursor, NoPaging, PageNumber, Paging


class OnePage(Config):
    """`{type: none}`"""

    type: Literal["none"]

    def made(self) -> Paging:
        """Return it as the core reads it."""
        return NoPaging()


class ByCursor(Config):
    """`{type: cursor, next, param}`"""

    type: Literal["cursor"]
    next: str = Field(min_length=1)
    param: str = Field(min_length=1)

    def made(self) -> Paging:
        """Return it as the core reads it."""
        return BodyCursor(self.next, self.param)


class ByNumber(Config):
    """`{type: page_number, param, start, size_param, size}`"""

    type: Literal["page_number"]
    param: str = Field(min_length=1)
    start: int = Field(default=1, ge=0)
    size_param: str = ""
    size: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _sized(self) -> Self:
        if bool(self.size_param) != bool(self.size):
            raise ValueError("`size_param` and `size` belong together")
        return self

    def made(self) -> Paging:
        """Return it as the core reads it."""
        return PageNumber(self.param, self.start, self.size_param, self.size)


class NotYet(Config):
    """Ways of paging that are settled, and that this version cannot go."""

    type: Literal["offset", "link_header", "next_url"]

    @model_validator(mode="before")
    @classmethod
    def _refuse(cls, value: Any) -> Any:
        kind = value.get("type") if isinstance(value, dict) else None
        raise ValueError(f"{kind} is not supported by this version, which pages by cursor and page_number")

    def made(self) -> Paging:
        """Never called: there is none of these."""
        raise NotImplementedError


AnyPaging = Annotated[OnePage | ByCursor | ByNumber | NotYet, Field(discriminator="type")]
