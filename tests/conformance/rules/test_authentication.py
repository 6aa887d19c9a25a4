"""The rules about credentials pass who is careful with them, and find who is not."""

from pathlib import Path

import pytest

from tests.conformance.rules.spoiling import Spoiled, assert_found, assert_kept

RULES = ("AUT-01", "AUT-02", "AUT-03", "AUT-04", "AUT-07")
SPOILED = (
    Spoiled(
        "AUT-01",
        "lims",
        "logs in for each request",
        "3 logins for 3 requests",
        code="""
apply = OAuth2ClientCredentials.apply


def forgetful(self, request, send):
    self._token = None
    apply(self, request, send)


OAuth2ClientCredentials.apply = forgetful
""",
    ),
    Spoiled(
        "AUT-02",
        "lims",
        "tries once more with what was refused",
        "2 logins were tried",
        code="""
from connector_sdk import AuthenticationError

apply = OAuth2ClientCredentials.apply


def stubborn(self, request, send):
    try:
        apply(self, request, send)
    except AuthenticationError:
        self._refusal = None
        apply(self, request, send)


OAuth2ClientCredentials.apply = stubborn
""",
    ),
    Spoiled(
        "AUT-03",
        "lims",
        "gives up where its credentials run out",
        "credentials running out at request 1: the read ended with AuthenticationError",
        code="\nOAuth2ClientCredentials.renew = lambda self, request, send: False\n",
    ),
    Spoiled(
        "AUT-04",
        "lims",
        "renews its credentials more than once",
        "3 logins were tried",
        code="""
renew = OAuth2ClientCredentials.renew


def twice(self, request, send):
    renew(self, request, send)
    self._token = None
    return renew(self, request, send)


OAuth2ClientCredentials.renew = twice
""",
    ),
    Spoiled(
        "AUT-07",
        "lims",
        "looks with its token where a redirect leads",
        "another origin got credentials (header x-key)",
        code="""
from urllib.request import Request, urlopen

expired = OAuth2ClientCredentials.expired


def curious(self, response):
    if response.status_code == 302:
        urlopen(Request(response.headers["Location"], headers={"X-Key": self._token.reveal()})).close()
    return expired(self, response)


OAuth2ClientCredentials.expired = curious
""",
    ),
)


@pytest.mark.slow
def test_who_is_careful_keeps_them(tmp_path: Path) -> None:
    assert_kept(tmp_path, "lims", RULES)


@pytest.mark.slow
@pytest.mark.parametrize("spoiled", SPOILED, ids=str)
def test_who_is_not_is_found(spoiled: Spoiled, tmp_path: Path) -> None:
    assert_found(tmp_path, spoiled)
