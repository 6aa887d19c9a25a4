"""Write documents alike each time, every text quoted that a reader of YAML could take for something else."""

import os
import re
import tempfile
from pathlib import Path
from typing import Any

import yaml

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS = {"yes", "no", "on", "off", "true", "false", "null", "y", "n"}


def write_document(document: dict[str, Any], path: Path) -> None:
    """Write plain data as YAML; whoever reads sees the old file or the new one, nothing between.

    Raises OSError.
    """
    text = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=2**31)
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, text.encode())


def _replace(path: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


class _Dumper(yaml.SafeDumper):
    """Quotes every text that some reader of YAML could take for something else."""

    def ignore_aliases(self, _: Any) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


def _list(dumper: _Dumper, values: list[Any]) -> yaml.SequenceNode:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=True)


def _mapping(dumper: _Dumper, values: dict[str, Any]) -> yaml.MappingNode:
    """Write what holds no mapping, such as a field, on one line; what does over many, the document always."""
    inner = any(isinstance(value, dict) for value in values.values())
    return dumper.represent_mapping("tag:yaml.org,2002:map", values.items(), flow_style=not inner)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _list)
_Dumper.add_representer(dict, _mapping)
