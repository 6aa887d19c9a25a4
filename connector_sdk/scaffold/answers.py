"""What is asked for a new connector: the template's questions, and which answers make a package."""

import json
import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import connector_sdk
from connector_sdk.config import http_url
from connector_sdk.errors import ConfigurationError
from connector_sdk.hookspecs import PROJECT

TEMPLATE: Final = Path(__file__).with_name("template")
"""The cookiecutter template: in a clone a link to `cookiecutter-template`, in a wheel the folder itself."""

LONGEST_NAME: Final = 20
LONGEST_VENDOR: Final = 40
LONGEST_URL: Final = 80

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*", re.ASCII)
_VENDOR: Final = re.compile(rf"[^\W_][\w .,&()+-]{{0,{LONGEST_VENDOR - 1}}}")
_URL: Final = re.compile(r"https?://[\w.:/\[\]~%-]+", re.ASCII)
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_OCCUPIED: Final = frozenset({"Sample", "Result", "Annotated", "Decimal", "Any", "Iterable", "Mapping"})
"""Classes that generated modules have already."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the template: what it is about, and among what is chosen (nothing: any text)."""

    name: str
    text: str
    choices: tuple[str, ...] = ()


def questions() -> Mapping[str, Question]:
    """Return the template's questions by name, in the order in which they are asked."""
    asked: dict[str, Any] = json.loads((TEMPLATE / "cookiecutter.json").read_text(encoding="utf-8"))
    return {
        name: Question(name, text, tuple(asked[name]) if isinstance(asked[name], list) else ())
        for name, text in asked["__prompts__"].items()
    }


def suggestion(question: Question, name: str) -> str:
    """Return what is taken where nothing is answered, for a connector of this name."""
    suggested = {
        "vendor": name.replace("_", " ").title(),
        "base_url": f"https://api.{name.replace('_', '-')}.example",
    }
    return question.choices[0] if question.choices else suggested[question.name]


def checked(question: Question, answer: str) -> str:
    """Return an answer as the template takes it.

    Raises ConfigurationError (new-name-unusable, new-answer-unusable) saying what would do.
    """
    if question.choices:
        return _choice(question, answer)
    return {"name": _name, "vendor": _vendor, "base_url": _base_url}[question.name](answer)


def class_of(name: str) -> str:
    """Return the name of the connector's class."""
    return name.title().replace("_", "")


def _name(answer: str) -> str:
    if not _NAME.fullmatch(answer) or len(answer) > LONGEST_NAME:
        near = re.sub(r"[^a-z0-9]+", "_", answer.lower()).strip("_0123456789")[:LONGEST_NAME].strip("_")
        wanted = f"small letters, digits and single underscores, a letter first, {LONGEST_NAME} at most"
        hint = f"write {wanted}" + (f", such as {near}" if near else "")
        raise _unusable_name(answer, "is no name of a Python module", hint)
    if keyword.iskeyword(answer) or keyword.issoftkeyword(answer) or keyword.iskeyword(class_of(answer)):
        raise _unusable_name(answer, "is a word of Python", f"write for example {answer}_api")
    if class_of(answer) in {*connector_sdk.__all__, *_OCCUPIED} or answer == "conformance":
        raise _unusable_name(
            answer, "is what something of connector-sdk is called", f"write for example {answer}_api"
        )
    taken = list(entry_points(group=PROJECT, name=answer))
    if taken:
        owner = taken[0].dist.name if taken[0].dist else "a package"
        raise _unusable_name(
            answer,
            f"is the connector of {owner}, which is installed",
            f"write for example {answer}_2, or uninstall that one",
        )
    return answer


def _vendor(answer: str) -> str:
    if not _VENDOR.fullmatch(answer) or answer != answer.strip():
        raise ConfigurationError(
            f"{answer!r} cannot stand for a vendor in code and documents",
            code="new-answer-unusable",
            hint=f"write letters, digits, spaces and . , & ( ) + -, {LONGEST_VENDOR} at most",
            location="vendor",
        )
    return answer


def _base_url(answer: str) -> str:
    try:
        url = http_url(answer)
        parts = urlsplit(url)
        usable = bool(_URL.fullmatch(url)) and (parts.scheme == "https" or parts.hostname in _LOOPBACK)
        usable &= len(url) <= LONGEST_URL
    except ValueError:
        usable = False
    if not usable:
        raise ConfigurationError(
            f"{answer!r} is no address that a connector may call",
            code="new-answer-unusable",
            hint=f"write https://host or https://host/path, at most {LONGEST_URL} characters; "
            "http:// is for this machine only",
            location="base_url",
        )
    return url


def _choice(question: Question, answer: str) -> str:
    if answer not in question.choices:
        raise ConfigurationError(
            f"there is no {question.name} {answer!r}",
            code="new-answer-unusable",
            hint=f"choose one of {', '.join(question.choices)}",
            location=question.name,
        )
    return answer


def _unusable_name(name: str, why: str, hint: str) -> ConfigurationError:
    return ConfigurationError(f"{name!r} {why}", code="new-name-unusable", hint=hint, location="name")
