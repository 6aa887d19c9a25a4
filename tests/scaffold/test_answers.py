"""Which answers make a package; the template's own hook refuses the same ones."""

import pytest

from connector_sdk.errors import ConfigurationError
from connector_sdk.scaffold.answers import TEMPLATE, checked, questions, suggestion

HOOK = (TEMPLATE / "hooks" / "pre_gen_project.py").read_text(encoding="utf-8")
USABLE = {"name": "acme", "vendor": "Acme", "base_url": "https://api.acme.example"}


def _hook_takes(**answers: str) -> bool:
    text = HOOK
    for name, answer in {**USABLE, **answers}.items():
        text = text.replace(f'"{{{{ cookiecutter.{name} }}}}"', repr(answer))
    assert "cookiecutter." not in text
    try:
        exec(compile(text, "hook", "exec"), {})  # the file is ours
    except SystemExit:
        return False
    return True


@pytest.mark.parametrize("name", ["acme", "a", "x2y", "acme_lims_2", "a" * 20])
def test_names_that_make_a_package(name: str) -> None:
    assert checked(questions()["name"], name) == name
    assert _hook_takes(name=name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Acme",
        "acme-lims",
        "2acme",
        "_acme",
        "acme_",
        "a__b",
        "a b",
        "ácme",
        "a" * 21,
        "a.b",
        "../a",
        "a\n",
    ],
)
def test_names_that_make_none(name: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        checked(questions()["name"], name)
    assert refused.value.code == "new-name-unusable"
    assert not _hook_takes(name=name)


def test_the_nearest_name_is_shown() -> None:
    with pytest.raises(ConfigurationError) as refused:
        checked(questions()["name"], "Acme-LIMS 2.0")
    assert refused.value.hint.endswith("such as acme_lims")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("class", "a word of Python"),
        ("match", "a word of Python"),
        ("none", "a word of Python"),
        ("connector", "something of connector-sdk"),
        ("rest_stream", "something of connector-sdk"),
        ("sample", "something of connector-sdk"),
        ("conformance", "something of connector-sdk"),
        ("files", "the connector of connector-files, which is installed"),
    ],
)
def test_names_that_mean_something_already(name: str, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why) as refused:
        checked(questions()["name"], name)
    assert refused.value.code == "new-name-unusable"
    assert refused.value.hint


@pytest.mark.parametrize("vendor", ["Acme LIMS", "A", "Müller & Söhne (EU)", "Acme 2.0", "W" * 40])
def test_vendors_that_can_be_written_down(vendor: str) -> None:
    assert checked(questions()["vendor"], vendor) == vendor
    assert _hook_takes(vendor=vendor)


@pytest.mark.parametrize(
    "vendor", ["", " Acme", "Acme ", 'Acme"', "Acme\\", "{{7*7}}", "A\nB", "<b>", "A|B", "#", "W" * 41, "A`"]
)
def test_vendors_that_would_break_code_or_documents(vendor: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        checked(questions()["vendor"], vendor)
    assert refused.value.code == "new-answer-unusable"
    assert not _hook_takes(vendor=vendor)


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("https://api.acme.example", "https://api.acme.example"),
        ("https://api.acme.example/v2/", "https://api.acme.example/v2"),
        ("https://w", "https://w"),
        ("http://localhost", "http://localhost"),
        ("http://127.0.0.1:8080/api", "http://127.0.0.1:8080/api"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_addresses_that_may_be_called(given: str, taken: str) -> None:
    assert checked(questions()["base_url"], given) == taken
    assert _hook_takes(base_url=taken)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "acme.example",
        "http://acme.example",
        "http://localhost.acme.example",
        "http://localhost-acme.example",
        "http://127.0.0.1.acme.example",
        "ftp://acme.example",
        "https://user:word@acme.example",
        "https://acme.example/?q=1",
        "https://acme.example/#top",
        'https://acme.example/"',
        "https://acme.example/{{7*7}}",
        "https://" + "w" * 73,
        "https://",
    ],
)
def test_addresses_that_may_not_be_called(address: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        checked(questions()["base_url"], address)
    assert refused.value.code == "new-answer-unusable"
    assert not _hook_takes(base_url=address)


def test_a_choice_is_one_of_those_that_there_are() -> None:
    with pytest.raises(ConfigurationError, match="no auth 'saml'") as refused:
        checked(questions()["auth"], "saml")
    assert refused.value.code == "new-answer-unusable"
    assert "oauth2_client_credentials" in refused.value.hint


def test_what_is_suggested_can_be_used() -> None:
    for question in questions().values():
        if question.name != "name":
            assert checked(question, suggestion(question, "acme_lims"))
    assert suggestion(questions()["vendor"], "acme_lims") == "Acme Lims"
    assert suggestion(questions()["base_url"], "acme_lims") == "https://api.acme-lims.example"


def test_questions_are_asked_in_the_order_of_the_template() -> None:
    assert list(questions()) == ["name", "vendor", "base_url", "direction", "auth", "paging"]
