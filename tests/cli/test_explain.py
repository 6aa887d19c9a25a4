"""`explain`: every code is told, offline."""

from pathlib import Path

import pytest

from connector_sdk.cli.explain import title
from tests.cli.conftest import Call


def test_a_code_is_explained(call: Call) -> None:
    result = call("explain", "lease-held", "--json")
    assert (result.code, result.document["code"]) == (0, "lease-held")
    assert result.document["title"].startswith("Another run")
    assert result.document["page"].startswith("# lease-held\n")
    shown = call("explain", "lease-held").out
    assert shown.startswith("lease-held\n\nWhat happened\n")


def test_all_codes_are_listed_with_what_they_mean(call: Call) -> None:
    listed = {found["code"]: found["title"] for found in call("explain", "--json").document["codes"]}
    assert {"lease-held", "usage", "sql-url"} <= listed.keys()
    assert all(listed.values())
    assert len(call("explain").out.splitlines()) == len(listed) + 1


def test_a_plugins_own_page_is_found(call: Call) -> None:
    assert call("explain", "sql-url").code == 0


def test_an_unknown_code_is_answered_with_the_nearest(call: Call) -> None:
    result = call("explain", "leese-held", "--json")
    assert (result.code, result.document["error"]["code"]) == (2, "unknown-code")
    assert result.document["error"]["hint"] == "did you mean `connector-sdk explain lease-held`?"
    assert "lists them" in call("explain", "zzzzzzzzz").err


@pytest.mark.parametrize("code", ["../../etc/passwd", "", ".", "lease-held.md", "\x1b[31m", "*"])
def test_no_code_leads_out_of_the_pages(call: Call, code: str) -> None:
    result = call("explain", code)
    assert result.code == 2
    assert "\x1b" not in result.err


def test_a_title_is_the_first_sentence() -> None:
    assert title("# x\n\n## What happened\n\nIt is\nso. And more.\n\nLater.") == "It is so."
    assert title("# x\n") == ""


def test_a_broken_plugin_harms_no_page(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "connector_gone-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: connector-gone\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[connector_sdk]\ngone = connector_gone.deep\nodd = x-y\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert call("explain").code == 0
