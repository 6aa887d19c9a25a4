"""The connector that the entry point `salesforce` names."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from connector_salesforce.config import API_VERSION, SalesforceConfig, api_name
from connector_salesforce.errors import SalesforceErrors
from connector_salesforce.offer import ObjectOffer, ObjectTarget
from connector_salesforce.quota import quota
from connector_sdk.connector import Call, Connector, Offer
from connector_sdk.errors import ConfigurationError
from connector_sdk.http.auth import Auth
from connector_sdk.http.exchange import Quota

if TYPE_CHECKING:
    from connector_salesforce.api import Api


class Salesforce(Connector[SalesforceConfig]):
    """A Salesforce org; every stream's and sink's name is the API name of an object."""

    name = "salesforce"
    vendor = "Salesforce"
    api_versions = (API_VERSION,)
    capabilities = frozenset(
        {"incremental", "lookback", "paging", "next", "total", "projection", "batch", "auth"}
    )
    errors = SalesforceErrors()
    simulator = "connector_salesforce.simulator:SalesforceSimulator"

    def auth(self) -> Auth:
        """Log in as the connected app, with client credentials."""
        from connector_salesforce.auth import OrgCredentials  # noqa: PLC0415 - only a run needs it

        return OrgCredentials(self.config)

    def quota(self, headers: Mapping[str, str]) -> Quota | None:
        """Read how much of the day's requests the org has used."""
        return quota(headers)

    def identity(self, call: Call) -> Mapping[str, str]:
        """Return the org's id, in its form of 18 characters."""
        del call
        return {"org": self._api().org()}

    def discover(self, call: Call) -> Iterable[Offer]:
        """Ask the org for the objects that this user may see."""
        del call
        return [
            Offer(
                name=str(each.get("name", "")),
                readable=each.get("queryable") is True and each.get("replicateable") is True,
                writable=each.get("createable") is True and each.get("updateable") is True,
                label=str(each.get("label", "")),
            )
            for each in self._api().objects()
        ]

    def stream(self, name: str) -> ObjectOffer:
        """Return the object of this name to be read."""
        from connector_salesforce.stream import ObjectStream  # noqa: PLC0415 - only a run needs it

        return ObjectStream(self._api(), _object(name), self.config)

    def sink(self, name: str) -> ObjectTarget:
        """Return the object of this name to be written."""
        from connector_salesforce.sink import ObjectSink  # noqa: PLC0415 - only a run needs it

        return ObjectSink(self._api(), _object(name))

    def _api(self) -> "Api":
        from connector_salesforce.api import Api  # noqa: PLC0415 - only a run needs it

        return Api(self.http, self.config.api_version)


def _object(name: str) -> str:
    try:
        return api_name(name)
    except ValueError as error:
        raise ConfigurationError(
            f"{name!r} cannot be the name of an object: {error}",
            code="salesforce-object-unknown",
            hint="`connector-sdk discover` lists the objects there are",
        ) from None
