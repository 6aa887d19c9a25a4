"""Connectors that ask for credentials too often or too seldom, show them, or are careless with settings."""

from tests.conformance.mutants.mutant import Mutant

_OAUTH = "        return OAuth2ClientCredentials("

MUTANTS = (
    Mutant(
        rule="AUT-01",
        base="lims",
        words="asks for a token before each request",
        saw=r"samples: \d logins for 3 requests",
        changes=((_OAUTH, "        return Forgetful("),),
        spoils="""
class Forgetful(OAuth2ClientCredentials):
    def apply(self, request, send):
        self._token = None
        super().apply(request, send)
""",
    ),
    Mutant(
        rule="AUT-02",
        base="lims",
        words="asks once more for a token that it was refused",
        saw=r"a login refused with 400: 2 logins were tried",
        changes=((_OAUTH, "        return Stubborn("),),
        spoils="""
from connector_sdk import AuthenticationError


class Stubborn(OAuth2ClientCredentials):
    def apply(self, request, send):
        try:
            super().apply(request, send)
        except AuthenticationError:
            self._refusal = None
            super().apply(request, send)
""",
    ),
    Mutant(
        rule="AUT-03",
        base="lims",
        words="gives up when its token has run out",
        saw=r"samples, credentials running out at request 1: the read ended with AuthenticationError",
        changes=((_OAUTH, "        return Weary("),),
        spoils="""
class Weary(OAuth2ClientCredentials):
    def renew(self, request, send):
        return False
""",
    ),
    Mutant(
        rule="AUT-04",
        base="lims",
        words="renews again and again a token that is never accepted",
        saw=r"samples, no credentials accepted: \d+ logins were tried",
        spoils="""
from connector_sdk.http.layers import retry

worth = retry._worth_repeating
retry._worth_repeating = lambda error, exchange: error.code == "http-401" or worth(error, exchange)
""",
    ),
    Mutant(
        rule="AUT-07",
        base="sites",
        words="shows its key to wherever a redirect leads",
        saw=r"another origin got credentials \(header x-registry-key\)",
        changes=(
            ("        return ApiKey(", "        KEYS.append(self.config.api_key)\n        return ApiKey("),
        ),
        spoils="""
from urllib.request import Request, urlopen

from connector_sdk.http.layers import redirects

KEYS = []
following = redirects._next


def anywhere(request, response):
    urlopen(Request(response.headers["Location"], headers={"X-Registry-Key": KEYS[-1].reveal()})).close()
    return following(request, response)


redirects._next = anywhere
""",
    ),
    Mutant(
        rule="CFG-01",
        base="lims",
        words="passes over settings that it does not know",
        saw=r"a setting 'base_urll', which there is not, was taken",
        changes=(
            (
                '    """Where the system is, and who asks."""\n',
                '    """Where the system is, and who asks."""\n\n    model_config = {"extra": "ignore"}\n',
            ),
        ),
    ),
    Mutant(
        rule="CFG-02",
        base="lims",
        words="quotes what it was given when something is missing",
        saw=r"the error quotes the value of client_id",
        changes=(
            (
                "    client_secret: Secret\n",
                (
                    "    client_secret: Secret\n\n"
                    '    @model_validator(mode="before")\n'
                    "    @classmethod\n"
                    "    def whole(cls, given: Any) -> Any:\n"
                    '        if "client_secret" not in given:\n'
                    "            raise ValueError(f\"no secret for {given['client_id']}\")\n"
                    "        return given\n"
                ),
            ),
            (
                "from typing import Annotated\n",
                "from typing import Annotated, Any\n\nfrom pydantic import model_validator\n",
            ),
        ),
    ),
    Mutant(
        rule="CFG-04",
        base="lims",
        words="takes any certificate",
        saw=r"a server that nothing proves: \d+ requests were sent to it",
        spoils="""
import ssl

ssl.create_default_context = ssl._create_unverified_context
""",
    ),
    Mutant(
        rule="CFG-04",
        base="lims",
        words="takes an address without TLS",
        saw=r"http://192\.0\.2\.1: a connection without TLS was tried",
        changes=(("    base_url: HttpUrl\n", "    base_url: str\n"),),
        spoils="""
from connector_sdk.http.layers import guard

guard._require_encrypted = lambda origin: None
""",
    ),
    Mutant(
        rule="CFG-05",
        base="lims",
        words="shows its secret when it is printed",
        saw=r"\d+ of \d+ ways to show the connector show a secret",
        changes=(
            (
                "    def auth(self) -> Auth:\n",
                (
                    "    def __repr__(self) -> str:\n"
                    '        return f"Lims({self.config.client_secret.reveal()})"\n\n'
                    "    def auth(self) -> Auth:\n"
                ),
            ),
        ),
    ),
    Mutant(
        rule="ERR-01",
        base="lims",
        words="takes a conflict for a mistake in the request",
        saw=r"a 412: it ended with InvalidInputError \(http-412\) instead of ConflictError",
        spoils="""
from connector_sdk import InvalidInputError
from connector_sdk.http.layers import classify

classify._BY_STATUS[412] = InvalidInputError
""",
    ),
    Mutant(
        rule="ERR-02",
        base="safety",
        words="fails with an error of Python's at an answer that is null",
        saw=r"KeyError crossed the border, no ConnectorError",
        changes=(
            (
                "            found = _parsed(response.content, _Answer[_Cases]).response\n",
                (
                    '            if response.content == b"null":\n'
                    '                raise KeyError("response")\n'
                    "            found = _parsed(response.content, _Answer[_Cases]).response\n"
                ),
            ),
        ),
    ),
)
