"""What a connector's README says of its settings, taken from the class that they are declared in."""

import json

from pydantic import BaseModel

from connector_sdk.plugins.settings import settings_of

HEAD = "| setting | type | default | meaning |\n|---|---|---|---|\n"


def settings_table(config: type[BaseModel]) -> str:
    """Return a Markdown table of a connector's settings, a line each; it ends with a line break.

    Meanings are the texts that stand under the fields.
    """
    return HEAD + "".join(
        f"| {' | '.join(_cell(text) for text in row)} |\n" for row in map(_row, settings_of(config))
    )


def _row(setting: dict[str, object]) -> tuple[str, ...]:
    kind = f"{setting['type']}, secret" if setting["secret"] else str(setting["type"])
    default = "required" if setting["required"] else _default(setting["default"])
    return f"`{setting['name']}`", kind, default, str(setting["description"])


def _default(value: object) -> str:
    if value is None or value == "":
        return "none"
    return f"`{value if isinstance(value, str) else json.dumps(value, default=str)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
