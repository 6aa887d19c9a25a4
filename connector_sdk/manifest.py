"""What hooks are told about one connection."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Manifest:
    """One connector in one environment: names only, no setting and no secret.

    `connection` is the name by which the environment knows the connection, `hosts` are the hosts it may
    reach (`name` or `name:port`, lower case), `gxp` says whether the environment is a validated one.
    """

    connector: str
    vendor: str = ""
    api_versions: tuple[str, ...] = ()
    connection: str = ""
    environment: str = "dev"
    gxp: bool = False
    hosts: tuple[str, ...] = ()
