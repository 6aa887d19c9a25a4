"""Which versions of the API there are, which are announced to go, and which are gone.

Source: REST API Developer Guide, "API End-of-Life Policy" and "Versions".
"""

from typing import Any

from connector_salesforce.simulator.refusals import Refusal, not_found

RETIRED = range(7, 31)
DEPRECATED = range(31, 41)
CURRENT = range(41, 69)
SEASONS = ("Spring", "Summer", "Winter")
FIRST_OF_2026 = 66


def check(version: str) -> int:
    """Return the number of a version such as `v67.0`; raises Refusal where it is gone or never was."""
    number, dot, rest = version.removeprefix("v").partition(".")
    if not version.startswith("v") or not number.isdecimal() or dot + rest != ".0":
        raise not_found()
    if int(number) in RETIRED:
        raise Refusal(410, "UNSUPPORTED_API_VERSION", f"API version {number}.0 is retired")
    if int(number) not in DEPRECATED and int(number) not in CURRENT:
        raise not_found()
    return int(number)


def listed() -> list[dict[str, Any]]:
    """Return the versions that are served, oldest first."""
    return [
        {"label": _label(number), "url": f"/services/data/v{number}.0", "version": f"{number}.0"}
        for number in (*DEPRECATED, *CURRENT)
    ]


def warning(number: int) -> dict[str, str]:
    """Return the header that warns of a version announced to go."""
    if number not in DEPRECATED:
        return {}
    return {"Warning": f'299 - "API version {number}.0 is deprecated and will be retired"'}


def _label(number: int) -> str:
    years, season = divmod(number - FIRST_OF_2026, len(SEASONS))
    # Winter releases bear the number of the year that follows.
    year = 26 + years + (1 if season == len(SEASONS) - 1 else 0)
    return f"{SEASONS[season]} '{year:02d}"
