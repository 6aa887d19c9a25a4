"""What the package offers: sorted, importable, and its errors drawn as they are."""

from types import FunctionType

import pytest

import connector_sdk
from connector_sdk import errors


def test_public_names_are_sorted_and_importable() -> None:
    names = connector_sdk.__all__
    assert names == sorted(names, key=_as_ruff_sorts)
    for name in names:
        assert getattr(connector_sdk, name) is not None
    assert dir(connector_sdk) == sorted(names)


def test_public_names_have_documentation() -> None:
    offered = {name: getattr(connector_sdk, name) for name in connector_sdk.__all__}
    bare = [
        name
        for name, value in offered.items()
        if isinstance(value, type | FunctionType) and not value.__doc__
    ]
    assert bare == []


def test_the_tree_of_errors_is_drawn_as_it_is() -> None:
    drawn = [line for line in (errors.__doc__ or "").splitlines() if line.rstrip().endswith("Error")]
    assert drawn == _draw(errors.ConnectorError)


def test_every_error_of_the_module_stands_in_the_tree() -> None:
    classes = {
        value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)
    }
    assert {cls for cls in classes if not issubclass(cls, errors.ConnectorError)} == set()


@pytest.mark.parametrize(
    "url", ["postgresql://bob:hunter2@db/x", "postgresql://bob:p@ss/hunter2@db/x", "https://hunter2@h/"]
)
def test_no_form_of_an_error_shows_a_password(url: str) -> None:
    error = errors.UnreachableError(f"{url} does not answer; token=hunter2", code="x")
    for shown in (str(error), repr(error), repr(error.args)):
        assert "hunter2" not in shown
        assert "does not answer" in shown


def _as_ruff_sorts(name: str) -> tuple[int, str]:
    """Constants first, then classes, then the rest, as ruff's RUF022 has it."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)


def _draw(base: type[Exception]) -> list[str]:
    return [base.__name__, *_branches(base, "")]


def _branches(base: type[Exception], indent: str) -> list[str]:
    lines: list[str] = []
    children = [cls for cls in base.__subclasses__() if cls.__module__ == errors.__name__]
    for cls in children:
        last = cls is children[-1]
        lines.append(f"{indent}{'└─' if last else '├─'} {cls.__name__}")
        lines += _branches(cls, indent + ("   " if last else "│  "))
    return lines
