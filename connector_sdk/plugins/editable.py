"""Distributions that are installed for editing: their code is not what any list of files says."""

import json
from importlib.metadata import Distribution


def is_editable(found: Distribution) -> bool:
    """Tell whether a distribution's code lies where it is edited (PEP 610, `dir_info.editable`)."""
    origin = found.read_text("direct_url.json")
    return bool(origin and json.loads(origin).get("dir_info", {}).get("editable"))
