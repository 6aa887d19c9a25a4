"""Connectors that are shipped run in a process of their own as they run in a pipeline."""

import json
from pathlib import Path

from connector_salesforce.simulator import SalesforceSimulator

from connector_sdk.conformance.child import Child
from tests.conformance.host.test_tutorial import CLOCK


def test_paths_start_from_the_process_own_folder(child: Child) -> None:
    (child.folder / "in.jsonl").write_text('{"id":"1","v":1.50}\n', encoding="utf-8")
    source = child.open("files", {"path": "in.jsonl", "primary_key": ["id"]}, clock=CLOCK)
    reading = child.read(source, "in")
    assert reading.records == [b'{"id":"1","v":1.50}']
    target = child.open("files", {"path": "out.jsonl"}, clock=CLOCK)
    writing = child.write(target, "out", reading.records, key=["id"])
    assert [each.disposition for each in writing.outcomes] == ["applied"]
    assert (child.folder / "out.jsonl").read_bytes() == b'{"id":"1","v":1.50}\n'
    assert {Path(name).parent for name in child.told().opened_files} == {child.folder}


def test_references_in_a_configuration_are_followed(child: Child) -> None:
    (child.folder / "secret").write_text("sqlite:///kept.db", encoding="utf-8")
    target = child.open("sql", {"url": "${file:secret}"}, clock=CLOCK)
    writing = child.write(target, "t", [b'{"id":"1"}'], key=["id"])
    assert [each.disposition for each in writing.outcomes] == ["applied"]
    assert (child.folder / "kept.db").exists()


def test_salesforce_is_read_asked_and_written(child: Child) -> None:
    with SalesforceSimulator() as org:
        handle = child.open("salesforce", org.config, clock=CLOCK)
        page = child.next(child.begin(handle, "Contact"))
        assert page is not None
        assert page.faults == {}
        assert "Contact" in child.discover(handle)
        record = json.dumps({"Ext_Id__c": "E-1", "LastName": "Loss", "Hcp_Fee__c": 1.5}).encode()
        writing = child.write(handle, "Contact", [record], key=["Ext_Id__c"])
        assert writing.raised is None, writing.raised
        assert [each.disposition for each in writing.outcomes] == ["applied"]
        resources = child.close(handle)
        assert resources.after == resources.before
