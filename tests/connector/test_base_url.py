"""The address that a connector's paths begin with."""

import pytest

from connector_sdk import Config, Connector
from connector_sdk.errors import ConfigurationError


class Address(Config):
    base_url: str


class Lax(Connector[Address]):
    """Its author forgot HttpUrl."""

    name = "lax"


@pytest.mark.parametrize("address", ["", "acme", "https://", "https://acme:99999", "/path"])
def test_no_address_is_a_setting_to_correct(address: str) -> None:
    connector = Lax(Address(base_url=address))
    for use in (connector.hosts, lambda: connector.http):
        with pytest.raises(ConfigurationError) as caught:
            use()
        assert caught.value.code == "base-url-unusable"


def test_an_address_names_the_only_host() -> None:
    assert Lax(Address(base_url="https://Acme.example:8443/api")).hosts() == ("acme.example:8443",)
