"""The setting `auth`: who requests come from."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from connector_sdk.config import Config, Secret, http_url
from connector_sdk.http.auth import ApiKey, Auth, BasicAuth, BearerToken, NoAuth
from connector_sdk.http.oauth import OAuth2ClientCredentials


def _token_url(text: str) -> str:
    if text.startswith("/"):
        return text
    return http_url(text)


class Nobody(Config):
    """`{type: none}`"""

    type: Literal["none"]

    def made(self) -> Auth:
        """Return it as the HTTP stack takes it."""
        return NoAuth()


class Basic(Config):
    """`{type: basic, username, password}`"""

    type: Literal["basic"]
    username: str
    password: Secret

    def made(self) -> Auth:
        """Return it as the HTTP stack takes it."""
        return BasicAuth(self.username, self.password)


class Bearer(Config):
    """`{type: bearer, token}`"""

    type: Literal["bearer"]
    token: Secret

    def made(self) -> Auth:
        """Return it as the HTTP stack takes it."""
        return BearerToken(self.token)


class Key(Config):
    """`{type: api_key, in: header|query, name, value}`"""

    type: Literal["api_key"]
    place: Literal["header", "query"] = Field(alias="in")
    name: str = Field(min_length=1)
    value: Secret

    def made(self) -> Auth:
        """Return it as the HTTP stack takes it."""
        return ApiKey(self.name, self.value, self.place)


class ClientCredentials(Config):
    """`{type: oauth2_client_credentials, token_url, client_id, client_secret, scope}`"""

    type: Literal["oauth2_client_credentials"]
    token_url: Annotated[str, AfterValidator(_token_url)]
    client_id: str
    client_secret: Secret
    scope: str = ""

    def made(self) -> Auth:
        """Return it as the HTTP stack takes it."""
        return OAuth2ClientCredentials(self.token_url, self.client_id, self.client_secret, scope=self.scope)


AnyAuth = Annotated[Nobody | Basic | Bearer | Key | ClientCredentials, Field(discriminator="type")]
