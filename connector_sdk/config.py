"""A connector's settings: strict, frozen, with paths relative to the document they stand in."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

from connector_sdk.secrets import Secret

__all__ = ["Config", "LocalPath", "Secret", "base_folder"]


class Config(BaseModel):
    """Base of a connector's configuration: unknown keys are refused, nothing is coerced, nothing changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


def base_folder(info: ValidationInfo) -> Path:
    """Return the folder that relative paths in the document being read start from."""
    context: dict[str, Any] = info.context or {}
    return Path(context.get("base", "."))


def _resolve(path: Path, info: ValidationInfo) -> Path:
    return base_folder(info) / path.expanduser()


LocalPath = Annotated[Path, Field(strict=False), AfterValidator(_resolve)]  # documents spell paths as text
"""A path in a document; relative ones start from the document's folder."""
