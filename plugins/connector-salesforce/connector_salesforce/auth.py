"""Client credentials, for this org and no other.

https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_client_credentials_flow.htm
"""

from collections.abc import Mapping
from typing import Any

from connector_salesforce.config import SalesforceConfig
from connector_sdk.errors import IdentityMismatchError
from connector_sdk.http.oauth import OAuth2ClientCredentials
from connector_sdk.http.origin import origin_of

TOKEN_PATH = "/services/oauth2/token"  # noqa: S105 - a path, no secret


class OrgCredentials(OAuth2ClientCredentials):
    """A session of the connected app; there is no `expires_in`, so it is renewed when it was refused."""

    def __init__(self, config: SalesforceConfig) -> None:
        super().__init__(TOKEN_PATH, config.client_id, config.client_secret)
        self._home = config.base_url

    def accepted(self, answer: Mapping[str, Any]) -> None:
        """Refuse a session of another address than the configured one: it may be another org's."""
        try:
            origin = origin_of(str(answer.get("instance_url", "")))
        except ValueError:
            origin = None
        if origin != origin_of(self._home):
            where = f" for {origin.name}" if origin else " without saying for which address"
            raise IdentityMismatchError(
                f"Salesforce gave a session{where}, not for the configured address",
                code="salesforce-other-instance",
                hint="set `base_url` to the org's My Domain address, as Setup > My Domain shows it",
            )
