"""The connector `rest`."""

from collections.abc import Mapping

from connector_rest.auth import ClientCredentials
from connector_rest.config import RestConfig, StreamConfig
from connector_rest.stream import DeclaredStream
from connector_sdk.connector import Call, Connector, Offer, Stream
from connector_sdk.http.auth import Auth
from connector_sdk.http.origin import origin_of
from connector_sdk.http.vendor_errors import ErrorWhen, VendorErrors


class Rest(Connector[RestConfig]):
    """JSON APIs over HTTP, described in YAML: no Python. It reads; it does not write."""

    name = "rest"
    capabilities = frozenset({"incremental", "lookback", "paging", "next", "total", "auth", "envelope"})

    def auth(self) -> Auth:
        return self.config.auth.made()

    def hosts(self) -> tuple[str, ...]:
        """Return the host of `base_url`, and that of the token endpoint."""
        urls = [self.base_url]
        if isinstance(self.config.auth, ClientCredentials) and "://" in self.config.auth.token_url:
            urls.append(self.config.auth.token_url)
        return tuple(dict.fromkeys(origin_of(url).name for url in urls))

    def streams(self) -> Mapping[str, Stream]:
        """Return the configured streams."""
        return {config.name: DeclaredStream(self, config) for config in self.config.streams}

    def stream(self, name: str) -> Stream:
        """Return one stream; from now on its `error_when` says which answers are errors."""
        found = super().stream(name)
        (config,) = (config for config in self.config.streams if config.name == name)
        self.errors = VendorErrors(code=self.config.error_code, when=_when(config))
        return found

    def discover(self, call: Call) -> list[Offer]:
        """Return the configured streams; nobody is asked, so only declared fields are counted."""
        del call
        return [
            Offer(config.name, fields=len(config.schema_.properties) if config.schema_ else None)
            for config in self.config.streams
        ]


def _when(config: StreamConfig) -> ErrorWhen | None:
    found = config.error_when
    return None if found is None else ErrorWhen(found.path, found.equals, found.code)
