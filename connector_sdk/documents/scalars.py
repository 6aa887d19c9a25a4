"""What an unquoted word of YAML means here.

The core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema) minus everything that YAML 1.1
reads differently (https://yaml.org/type/): such a word has to be quoted. Single letters `y` and `n` are text,
because nothing but the letter of YAML 1.1 takes them for switches, and code lists are full of them; dates and
times stay text.
"""

import re
from decimal import Decimal

_INTEGER = re.compile(r"0|-?[1-9][0-9]*")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")
_MAX_DIGITS = 4000
"""Python refuses to read longer whole numbers by default."""

_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}

_SWITCH = re.compile(r"(?i:yes|no|on|off|true|false|null)")
_NUMBER = re.compile(
    r"""[-+]?(?:
        0b[01_]+ | 0o[0-7_]+ | 0x[0-9a-f_]+                 # other bases
      | (?:\.[0-9][0-9_]* | [0-9][0-9_]*(?:\.[0-9_]*)?)     # 012, 1_000, .5, 1.
        (?:e[-+]?[0-9]+)?                                   # 1e3
      | [0-9][0-9_]*(?::[0-9]{1,2})+(?:\.[0-9_]*)?          # 1:30, to the base of sixty
      | \.inf | \.nan
    )""",
    re.VERBOSE | re.IGNORECASE,
)


def is_switch(word: str) -> bool:
    """Tell whether some reader of YAML takes the word for true, false or null, and another for text."""
    return word not in _WORDS and _SWITCH.fullmatch(word) is not None


def is_ambiguous(word: str) -> bool:
    """Tell whether readers of YAML disagree about an unquoted word."""
    if word in _WORDS:
        return False
    if _INTEGER.fullmatch(word) or _DECIMAL.fullmatch(word):
        return len(word) > _MAX_DIGITS
    return word == "=" or is_switch(word) or _NUMBER.fullmatch(word) is not None


def meaning(word: str) -> str | int | bool | Decimal | None:
    """Return what an unquoted word that is not ambiguous means; numbers with a point are exact."""
    if word in _WORDS:
        return _WORDS[word]
    if _INTEGER.fullmatch(word):
        return int(word)
    return Decimal(word) if _DECIMAL.fullmatch(word) else word
