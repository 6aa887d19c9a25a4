"""Where the real data is: `CONNECTOR_SDK_DATA`, or `shared/data` beside the repository."""

import os
from pathlib import Path

import pytest


def data_folder(name: str) -> Path:
    """Return a folder of real data; skips the test, saying why, where it is absent."""
    beside = Path(__file__).parents[3] / "shared" / "data"
    folder = Path(os.environ.get("CONNECTOR_SDK_DATA", beside)) / name
    if not folder.is_dir():
        pytest.skip(f"real data {name!r} is absent; set CONNECTOR_SDK_DATA to the folder that holds it")
    return folder
