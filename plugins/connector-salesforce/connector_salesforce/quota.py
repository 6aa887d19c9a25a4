"""How much of the org's daily allowance is used up, as every answer tells in a header."""

import re
from collections.abc import Mapping

from connector_sdk.http.exchange import Quota

_HEADER = "Sforce-Limit-Info".lower()
_USAGE = re.compile(r"(?:^|[;,]\s*)api-usage=([0-9]{1,15})/([0-9]{1,15})(?:$|[;,\s])")


def quota(headers: Mapping[str, str]) -> Quota | None:
    """Return the org's usage; None where the header is missing or says something else.

    `api-usage=18/5000`, or with a part for the connected app that follows:
    `api-usage=25/5000; per-app-api-usage=17/250(appName=sample)`.
    """
    found = _USAGE.search(headers.get(_HEADER, ""))
    return Quota(used=int(found[1]), limit=int(found[2])) if found else None
