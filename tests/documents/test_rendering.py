"""How findings look."""

import re

from connector_sdk.documents import Diagnostic, one_line, render
from connector_sdk.documents.rendering import WIDTH

FOUND = Diagnostic(
    code="unknown-key",
    path="pipeline.yaml",
    line=3,
    column=38,
    end_column=43,
    message="unknown key 'steam'",
    label="did you mean 'stream'?",
    hint="keys here: connector, stream, config",
    source_line="source:      {connector: salesforce, steam: Contact, config: {user: a}}",
    mark=(37, 42),
)

SHOWN = """\
error[unknown-key]: unknown key 'steam'
 --> pipeline.yaml:3:38
  |
3 | source:      {connector: salesforce, steam: Contact, config: {user: a}}
  |                                      ^^^^^ did you mean 'stream'?
  = help: keys here: connector, stream, config

1 problem found; `connector-sdk explain unknown-key` says more
"""


def test_a_finding_points_into_its_line() -> None:
    assert render([FOUND]) == SHOWN


def test_colors_add_nothing_but_colors() -> None:
    colored = render([FOUND], color=True)
    assert "\x1b[" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == SHOWN


def test_one_line_is_what_editors_read() -> None:
    text = "pipeline.yaml:3:38: unknown-key: unknown key 'steam'; did you mean 'stream'?"
    assert one_line(FOUND) == text


def test_a_long_line_is_cut_around_the_mark() -> None:
    line = "a" * 500 + "HERE" + "b" * 500
    found = Diagnostic("c", "p", 1, 501, "m", source_line=line, mark=(500, 504))
    shown, carets = render([found]).splitlines()[3:5]
    at = carets.index("^")
    assert shown[at : at + 4] == "HERE"
    assert carets.strip("| ") == "^^^^"
    assert len(shown) <= WIDTH + 6
    assert shown[4] == shown[-1] == "…"


def test_wide_and_combining_characters_keep_the_mark_in_place() -> None:
    line = "国: e\u0301 NO"
    found = Diagnostic("c", "p", 1, 7, "m", source_line=line, mark=(6, 8))
    assert render([found]).splitlines()[4] == "  |       ^^"


def test_nothing_found_says_so() -> None:
    assert render([]) == "no problems found\n"
