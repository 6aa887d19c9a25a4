"""A sound wheel with sound evidence, to be spoiled."""

from pathlib import Path

import pytest

from tests.conformance.evidence.samples import Case, sound_case


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """Return a sound wheel with sound evidence."""
    return sound_case(tmp_path)
