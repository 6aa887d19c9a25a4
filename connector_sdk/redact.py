"""Take secrets out of text before anybody can read it."""

import re

MASK = "***"

_USERINFO = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)[^\s\"']{0,2048}@")
_ASSIGNMENT = re.compile(
    r"(?i)\b(?P<name>[\w-]*(?:password|passwd|pwd|secret|token|api[_-]?key|authorization)[\w-]*)"
    r"(?P<sep>[\"']?\s*[=:]\s*)(?P<value>\"[^\"]*\"|'[^']*'|(?:bearer|basic)\s+\S+|[^\s&,;\"']+)"
)


def redact_text(text: str) -> str:
    """Mask user information in URLs and values assigned to secret-sounding names.

    A safety net under errors and logs; the first line of defence is `secrets.Secret`, which never turns
    into text at all.
    """
    text = _USERINFO.sub(lambda found: f"{found['scheme']}{MASK}@", text)
    return _ASSIGNMENT.sub(lambda found: f"{found['name']}{found['sep']}{MASK}", text)
