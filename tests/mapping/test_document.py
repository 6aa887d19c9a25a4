"""A mapping's identity, what it names, and how it is held against contracts."""

from pathlib import Path

import pytest

from connector_sdk.contracts import Contract, write_contract
from connector_sdk.documents import DocumentError
from connector_sdk.errors import ContractError
from connector_sdk.mapping import compile_mapping, contract_paths, read_mapping
from connector_sdk.schema import Field, FieldType, Schema
from tests.mapping.source import CONTACT, dropping, rules, write

COPY = "to: id, from: Id"
LIST = "to: sex, from: Gender, op: codelist, args: {type: decimal, map: {M: 1.10}}"


def digest(folder: Path, *given: str) -> str:
    return read_mapping(write(folder, *given)).digest


@pytest.mark.req("P11-10a-3")
def test_the_digest_is_that_of_what_the_document_says(tmp_path: Path) -> None:
    path = write(tmp_path, COPY, LIST)
    before = read_mapping(path)
    assert before.digest == compile_mapping(before, CONTACT).digest
    path.write_text("# reviewed\n" + path.read_text().replace(", from:", ",   from:"), encoding="utf-8")
    assert read_mapping(path).digest == before.digest
    others = [
        digest(tmp_path, COPY, LIST.replace("1.10", "1.1")),
        digest(tmp_path, LIST, COPY),
        digest(tmp_path, COPY + ", critical: true", LIST),
    ]
    assert len({before.digest, *others}) == 4


def test_rules_are_found_by_the_field_they_use(tmp_path: Path) -> None:
    document = read_mapping(write(tmp_path, COPY, LIST, "to: code, from: Gender"))
    names = ("Gender -> sex (codelist)", "Gender -> code (copy)")
    assert document.rules_using("Gender") == names
    assert compile_mapping(document, CONTACT).rules_using("Gender") == names
    assert document.rules_using("Email") == ()


def test_contracts_are_named_from_the_mappings_folder(tmp_path: Path) -> None:
    named = "source: {contract: contracts/s.yaml}\ndestination: {contract: contracts/d.yaml}\n"
    document = read_mapping(write(tmp_path, COPY, keys=named))
    assert contract_paths(document) == (tmp_path / "contracts/s.yaml", tmp_path / "contracts/d.yaml")
    assert contract_paths(read_mapping(write(tmp_path, COPY))) == (None, None)


def test_the_contract_in_use_may_be_named_by_another_way(tmp_path: Path) -> None:
    contract = tmp_path / "contracts" / "sf.Contact.yaml"
    write_contract(Contract(stream="Contact", schema=CONTACT), contract)
    (tmp_path / "mappings").mkdir()
    named = "source: {contract: ../contracts/sf.Contact.yaml}\n"
    document = read_mapping(write(tmp_path / "mappings", COPY, keys=named))
    assert compile_mapping(document, CONTACT, contract=contract).schema.key == ("id",)
    assert compile_mapping(document, CONTACT).schema.key == ("id",)
    with pytest.raises(DocumentError) as caught:
        compile_mapping(document, CONTACT, contract=tmp_path / "contracts" / "other.yaml")
    assert caught.value.code == "mapping-contract-differs"


def test_a_code_list_takes_the_type_that_the_destination_demands(tmp_path: Path) -> None:
    agreed = Schema(
        fields=(
            Field(name="id", type=FieldType.STRING),
            Field(name="active", type=FieldType.INTEGER),
        ),
        key=("id",),
    )
    contract = tmp_path / "hcp.yaml"
    write_contract(Contract(stream="hcp", schema=agreed), contract)
    given = 'to: active, from: Active, op: codelist, args: {map: {"true": 1, "false": 0}}'
    named = "destination: {contract: hcp.yaml}\n"
    document = read_mapping(write(tmp_path, COPY, given, keys=named))
    assert compile_mapping(document, CONTACT).schema.fields == agreed.fields
    contract.write_text(contract.read_text().replace("integer", "string"), encoding="utf-8")
    with pytest.raises(ContractError) as caught:
        compile_mapping(document, CONTACT)
    assert caught.value.code == "contract-digest"


def test_a_stream_without_a_key_gives_a_target_without_one(tmp_path: Path) -> None:
    source = Schema(fields=CONTACT.fields[:2])
    path = tmp_path / "mapping.yaml"
    head = "format: 1\nmapping: {id: a, version: 1.0.0}\n"
    path.write_text(head + rules(COPY) + dropping("Email"), encoding="utf-8")
    assert compile_mapping(read_mapping(path), source).schema.key == ()


@pytest.mark.req("P11-10a-3")
def test_both_stages_tell_everything_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, COPY, "to: sex, from: Gender, op: codelist, args: {mop: {}}", "to: a, form: B")
    with pytest.raises(DocumentError) as caught:
        read_mapping(path)
    assert [found.code for found in caught.value.diagnostics] == ["unknown-key", "unknown-key"]
