"""A contract's file: the same content, the same bytes, and no change unseen."""

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from connector_sdk.contracts import Contract, read_contract, write_contract
from connector_sdk.documents import DocumentError
from connector_sdk.errors import ConfigurationError, ContractError
from connector_sdk.schema import Field, FieldType, Schema
from tests.decode.samples import schemas

X = FieldType
NAMES = [
    "id",
    "NO",
    "012",
    "1:30",
    "1.10",
    "null",
    "y",
    "~",
    "é",
    "😀",
    'qu"ote',
    "a: b",
    "# c",
    " ",
    "-",
    "=",
    "<<",
]
CONTRACT = Contract(
    stream="Contact",
    schema=Schema(
        fields=(
            *(Field(name=name, type=X.STRING) for name in NAMES),
            Field(name="secret_name", type=X.JSON, nullable=True, optional=True, personal=True),
        ),
        key=("012", "id"),
        cursor="NO",
        subject="secret_name",
    ),
    on_new_field="refuse",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "contracts" / "crm.Contact.yaml"


def test_it_reads_what_it_wrote(path: Path) -> None:
    write_contract(CONTRACT, path)
    assert read_contract(path) == CONTRACT
    assert read_contract(path).schema.names == CONTRACT.schema.names
    first = path.read_bytes()
    write_contract(read_contract(path), path)
    assert path.read_bytes() == first
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(schemas())
def test_any_schema_is_read_as_it_was_written(path: Path, schema: Schema) -> None:
    contract = Contract(stream="012", schema=schema)
    write_contract(contract, path)
    assert read_contract(path) == contract
    assert read_contract(path).digest == contract.digest
    ordinary = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert tuple(ordinary["fields"]) == schema.names, "other readers of YAML must see the same"


def test_a_file_looks_like_this(path: Path) -> None:
    fields = (Field(name="id", type=X.STRING), Field(name="NO", type=X.DECIMAL, nullable=True))
    contract = Contract(stream="dm", schema=Schema(fields=fields, key=("id",)))
    write_contract(contract, path)
    assert path.read_text(encoding="utf-8") == (
        "format: 1\n"
        "stream: dm\n"
        "key: [id]\n"
        "cursor: null\n"
        "subject: null\n"
        "on_new_field: report\n"
        "fields:\n"
        "  id: {type: string}\n"
        '  "NO": {type: decimal, nullable: true}\n'
        f'digest: "{contract.digest}"\n'
    )


@pytest.mark.req("P11-10a-2", "A11-10")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("report", "refuse"),
        ("string", "integer"),
        ("{type: string}", "{type: string, nullable: true}"),
        ("key: [id]", "key: []"),
        ("stream: dm", "stream: ae"),
        ("  id: {type: string}\n  at: {type: date}\n", "  at: {type: date}\n  id: {type: string}\n"),
        ('digest: "sha256:', 'digest: "sha256:0'),
    ],
)
def test_a_change_after_pinning_is_seen(path: Path, old: str, new: str) -> None:
    fields = (Field(name="id", type=X.STRING), Field(name="at", type=X.DATE))
    write_contract(Contract(stream="dm", schema=Schema(fields=fields, key=("id",))), path)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ContractError) as caught:
        read_contract(path)
    assert caught.value.code == "contract-digest"
    assert "contract pin" in caught.value.hint
    assert caught.value.location == str(path)
    read_contract(path, edited=True)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("format: 1", "format: 2", "unknown-choice"),
        ("stream: dm\n", "", "missing-key"),
        ("type: string", "type: text", "unknown-choice"),
        ("{type: string}", "{type: string, kind: x}", "unknown-key"),
        ("on_new_field: report", "on_new_field: ignore", "unknown-choice"),
        ("key: [id]", "key: id", "wrong-type"),
        ("fields:\n", "fields:\n  id: {type: date}\n", "yaml-duplicate-key"),
    ],
)
def test_what_is_no_contract_is_refused_with_its_place(path: Path, old: str, new: str, code: str) -> None:
    write_contract(
        Contract(stream="dm", schema=Schema(fields=(Field(name="id", type=X.STRING),), key=("id",))), path
    )
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        read_contract(path)
    assert caught.value.code == code


def test_a_schema_that_cannot_be_is_refused(path: Path) -> None:
    unsound = replace(CONTRACT.schema, key=("gone",))
    write_contract(Contract(stream="dm", schema=unsound), path)
    with pytest.raises(ConfigurationError) as caught:
        read_contract(path)
    assert caught.value.code == "schema-unsound"


def test_a_file_that_cannot_be_written_leaves_the_old_one(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_contract(CONTRACT, path)
    old = path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(ConfigurationError, match="No space left") as caught:
        write_contract(replace(CONTRACT, stream="other"), path)
    assert caught.value.code == "contract-unwritable"
    assert path.read_bytes() == old
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_the_digest_covers_everything() -> None:
    others = [
        replace(CONTRACT, stream="other"),
        replace(CONTRACT, on_new_field="report"),
        *(
            replace(CONTRACT, schema=replace(CONTRACT.schema, **change))
            for change in (
                {"key": ("id", "012")},
                {"cursor": None},
                {"subject": None},
                {"fields": CONTRACT.schema.fields[::-1]},
                {
                    "fields": (
                        *CONTRACT.schema.fields[:-1],
                        replace(CONTRACT.schema.fields[-1], personal=False),
                    )
                },
            )
        ),
    ]
    assert len({each.digest for each in (CONTRACT, *others)}) == len(others) + 1
