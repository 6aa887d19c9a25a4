"""Files are short: one purpose each, which their names tell."""

from statistics import median

from tests.house.tree import packages, relative, sources, suite

LONGEST = 350
MEDIAN = 120


def _lines() -> dict[str, int]:
    return {
        relative(path): len(path.read_text(encoding="utf-8").splitlines()) for path in [*sources(), *suite()]
    }


def test_no_module_is_long() -> None:
    long = [f"{name} has {count} lines" for name, count in _lines().items() if count > LONGEST]
    assert not long, f"split by purpose, at most {LONGEST} lines a file:\n" + "\n".join(long)


def test_the_median_module_is_short() -> None:
    sizes = [len(path.read_text(encoding="utf-8").splitlines()) for path in sources()]
    assert median(sizes) <= MEDIAN, f"the median module has {median(sizes)} lines, at most {MEDIAN} are meant"


def test_the_packages_are_found() -> None:
    assert {path.name for path in packages()} >= {"connector_sdk", "connector_files", "connector_sql"}
    assert len(sources()) > 100
