"""Trust lists: read strictly, written so that they can be read again."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connector_sdk.conformance.evidence.trust import TrustedKey, TrustList, read_trust, trust_own
from connector_sdk.errors import ConfigurationError
from tests.conformance.evidence.samples import NOW, new_key, trust_document, trusting

KEY, OTHER = new_key(), new_key()


def _list(change: Callable[[Any], Any]) -> str:
    document = json.loads(json.dumps(trust_document(KEY)))
    change(document)
    return json.dumps(document)


def _key(**values: Any) -> Callable[[Any], Any]:
    return lambda document: document["keys"][0].update(values)


MALFORMED = {
    "nothing": ("", "strict JSON"),
    "no JSON": ("format: 1", "strict JSON"),
    "a list": ("[]", "object"),
    "a key of JSON twice": ('{"format":1,"format":1,"keys":[]}', "twice"),
    "another format": (_list(lambda document: document.update(format=2)), "format"),
    "an unknown member": (_list(lambda document: document.update(extra=1)), "extra"),
    "an unknown member of a key": (_list(_key(note="x")), "note"),
    "no owner": (_list(_key(owner="")), "owner"),
    "no revocation": (_list(lambda document: document["keys"][0].pop("revoked")), "revoked"),
    "revocation in words": (_list(_key(revoked="no")), "bool"),
    "a moment without zone": (_list(_key(valid_from="2026-01-01T00:00:00")), "valid_from"),
    "a day": (_list(_key(valid_from="2026-01-01")), "valid_from"),
    "a wrong id": (_list(_key(key_id=OTHER.id)), "key 1 has an id that is not the one"),
    "another public half": (_list(_key(public=OTHER.public)), "key 1 has an id that is not the one"),
    "a short public half": (_list(_key(public="00" * 31)), "public"),
    "the end before the start": (_list(_key(valid_to="2025-01-01T00:00:00Z")), "until before"),
    "a key twice": (_list(lambda document: document["keys"].append(document["keys"][0])), "a key twice"),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_a_list_that_is_not_of_its_form_is_refused(tmp_path: Path, what: str) -> None:
    text, words = MALFORMED[what]
    path = tmp_path / "trust.json"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=words) as caught:
        read_trust(path, must_exist=True)
    assert caught.value.code == "trust-list-unusable"
    assert caught.value.location == str(path)


def test_a_list_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "trust.json"
    path.write_text(json.dumps(trust_document(KEY, OTHER, valid_to=NOW, revoked=True)))
    assert read_trust(path, must_exist=True) == trusting(KEY, OTHER, valid_to=NOW, revoked=True)


def test_a_list_that_need_not_exist_trusts_nobody(tmp_path: Path) -> None:
    path = tmp_path / "trust.json"
    assert read_trust(path, must_exist=False) == TrustList({})
    for place, words in ((path, "does not exist"), (tmp_path, "Is a directory")):
        with pytest.raises(ConfigurationError, match=words) as caught:
            read_trust(place, must_exist=True)
        assert caught.value.code == "trust-list-unusable"


def test_ones_own_key_is_entered_once_beside_others(tmp_path: Path) -> None:
    path = tmp_path / "new" / "trust.json"
    trust_own(path, KEY, NOW)
    first = path.read_bytes()
    trust_own(path, KEY, NOW - timedelta(days=1))
    assert path.read_bytes() == first
    trust_own(path, OTHER, NOW)
    listed = read_trust(path, must_exist=True).keys
    assert list(listed) == [KEY.id, OTHER.id]
    assert listed[KEY.id].objection("whatever", NOW) is None
    assert [each.name for each in path.parent.iterdir()] == ["trust.json"]


def test_a_revoked_key_does_not_come_back_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "trust.json"
    path.write_text(json.dumps(trust_document(KEY, revoked=True)))
    trust_own(path, KEY, NOW)
    assert read_trust(path, must_exist=True).keys[KEY.id].revoked


def test_a_list_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError) as caught:
        trust_own(tmp_path / "file" / "trust.json", KEY, NOW)
    assert caught.value.code == "trust-list-unusable"


def test_names_of_projects_are_one_in_all_spellings() -> None:
    trusted = TrustedKey(KEY.id, KEY.public, "Acme", ("acme.lims",), NOW, None, revoked=False)
    assert {trusted.objection(name, NOW) for name in ("Acme_LIMS", "acme.lims", "ACME--lims")} == {None}
    assert trusted.objection("acme", NOW) is not None
