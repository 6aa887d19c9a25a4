"""The template knows whatever the core has, and its tests meet every pair of choices."""

import inspect
import re
from itertools import combinations, product

import connector_sdk
from connector_sdk import __version__
from connector_sdk.connector import rest
from connector_sdk.http.auth import Auth
from connector_sdk.scaffold.answers import TEMPLATE
from tests.house.tree import ROOT
from tests.scaffold.projects import CASES, choices


def _fragments(kind: str) -> dict[str, str]:
    return {
        path.stem: path.read_text(encoding="utf-8") for path in TEMPLATE.glob(f"templates/{kind}/*.jinja")
    }


def _imported(fragment: str) -> set[str]:
    found = re.search(r"^{% set imports = \[(.*)\] %}$", fragment, re.MULTILINE)
    return set(re.findall(r'"(\w+)"', found[1])) if found else set()


def test_every_way_to_authenticate_has_a_choice() -> None:
    public = {name: getattr(connector_sdk, name) for name in connector_sdk.__all__}
    kinds = {
        name
        for name, value in public.items()
        if inspect.isclass(value) and issubclass(value, Auth) and not inspect.isabstract(value)
    }
    assert len(kinds) >= 5
    offered = set().union(*(_imported(text) for text in _fragments("auth").values()))
    missing = kinds - offered - {"NoAuth"}  # what a connector has that does not say how it authenticates
    assert not missing, f"cookiecutter-template/templates/auth has no file for {missing}"


def test_every_way_of_paging_has_a_choice() -> None:
    methods = {name for name in vars(rest.Paging) if not name.startswith("_")}
    protocol = methods | rest.Paging.__annotations__.keys()
    assert {"first", "after", "explicit"} <= protocol
    kinds = {
        name
        for name, value in vars(rest).items()
        if inspect.isclass(value) and value is not rest.Paging and protocol <= set(dir(value))
    }
    assert kinds >= {"BodyCursor", "NoPaging", "PageNumber"}
    offered = set().union(*(_imported(text) for text in _fragments("paging").values()))
    missing = kinds - offered - {"NoPaging"}  # what a stream has that does not say how it is paged
    assert not missing, f"cookiecutter-template/templates/paging has no file for {missing}"


def test_every_choice_has_its_file_and_every_file_its_choice() -> None:
    assert {kind: sorted(found) for kind, found in choices().items()} == {
        kind: sorted(_fragments(kind)) for kind in choices()
    }


def test_files_of_one_kind_say_the_same_things() -> None:
    for kind in choices():
        said = {
            name: sorted(re.findall(r"^{% (?:set|macro) (\w+)(?! in)", text, re.MULTILINE))
            for name, text in _fragments(kind).items()
        }
        own = {name: [word for word in words if word != "headers"] for name, words in said.items()}
        assert len({tuple(words) for words in own.values()}) == 1, own


def test_every_pair_of_choices_is_met() -> None:
    kinds = choices()
    for one, other in combinations(kinds, 2):
        met = {(getattr(case, one), getattr(case, other)) for case in CASES}
        assert met == set(product(kinds[one], kinds[other]))
    assert len(CASES) <= 18
    assert len({case.name for case in CASES}) == len(CASES)


def test_a_project_asks_for_this_version_of_the_sdk_and_not_for_the_next() -> None:
    major, minor, _ = __version__.split(".")
    text = (TEMPLATE / "cookiecutter.json").read_text(encoding="utf-8")
    assert f'"_sdk": ">={major}.{minor},<{major}.{int(minor) + 1}"' in text


def test_the_template_is_the_folder_of_the_clone() -> None:
    assert TEMPLATE.resolve() == (ROOT / "cookiecutter-template").resolve()
    licence = next(TEMPLATE.glob("*/LICENSE"))
    assert licence.read_bytes() == (ROOT / "LICENSE").read_bytes()
