"""Projects, each made once."""

import pytest

from tests.scaffold.projects import Projects


@pytest.fixture(scope="session")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Projects:
    return Projects(tmp_path_factory.mktemp("projects"), {})
