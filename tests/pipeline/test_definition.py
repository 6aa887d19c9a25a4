"""The pipeline's document: defaults, places, digest, and how pipelines are found."""

from decimal import Decimal
from pathlib import Path

import pytest

from connector_sdk.connector import Mode
from connector_sdk.documents import DocumentError
from connector_sdk.pipeline.definition import Pipeline, load_pipeline
from connector_sdk.pipeline.finding import find_pipelines

SMALL = """\
format: 1
pipeline: visits
source: {connector: files, config: {path: visits.jsonl, ratio: 1.10}}
destination: {connector: sql, config: {url: "sqlite:///visits.db"}}
"""


def pipeline(folder: Path, text: str = SMALL, name: str = "pipeline.yaml") -> Pipeline:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return load_pipeline(folder / name)


def refused(path: Path) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        load_pipeline(path)
    return caught.value


def test_a_small_document_has_safe_defaults(tmp_path: Path) -> None:
    found = pipeline(tmp_path)
    definition = found.definition
    assert definition.source.connector == "files"
    assert definition.source.stream is None
    assert definition.source.config == {"path": "visits.jsonl", "ratio": Decimal("1.10")}
    assert definition.write.mode is Mode.UPSERT
    assert (definition.write.deletes, definition.write.nulls) == ("refuse", "set")
    assert definition.write.in_doubt == "stop"
    assert definition.batch_size == 1000
    assert definition.dead_letters.max_ratio == 0
    assert definition.dead_letters.max_consecutive == 100
    assert found.folder == tmp_path
    assert found.ledger == tmp_path / ".connector-sdk" / "ledger.db"


def test_a_full_document_is_understood(tmp_path: Path) -> None:
    text = SMALL + (
        "owner: clinical-data\ndescription: all visits\nlabels: {study: pilot-01}\n"
        "write: {mode: append, deletes: mark, nulls: omit, in_doubt: resend}\nbatch_size: 100000\n"
        "dead_letters: {max_ratio: 0.05, max_consecutive: 1}\nledger: state/ledger.db\n"
    )
    definition = pipeline(tmp_path, text).definition
    assert definition.labels == {"study": "pilot-01"}
    assert definition.write.mode is Mode.APPEND
    assert definition.dead_letters.max_ratio == Decimal("0.05")
    assert definition.batch_size == 100_000
    assert definition.ledger == tmp_path / "state" / "ledger.db"


@pytest.mark.parametrize("ratio", ["0", "1", "0.0", "1.0", "0.25"])
def test_a_ratio_is_a_number_from_0_to_1(tmp_path: Path, ratio: str) -> None:
    found = pipeline(tmp_path, f"{SMALL}dead_letters: {{max_ratio: {ratio}}}\n")
    assert found.definition.dead_letters.max_ratio == Decimal(ratio)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("sqlite:///state/ledger.db", "state/ledger.db"),
        ("${env:LEDGER}", "elsewhere.db"),
        ("sqlite:///${env:LEDGER}", "elsewhere.db"),
    ],
)
def test_the_ledger_may_be_a_url_or_a_reference(
    tmp_path: Path, written: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEDGER", "elsewhere.db")
    assert pipeline(tmp_path, f'{SMALL}ledger: "{written}"\n').ledger == tmp_path / expected
    assert pipeline(tmp_path, f"{SMALL}ledger: sqlite:////var/ledger.db\n").ledger == Path("/var/ledger.db")


@pytest.mark.parametrize(
    "written", ["sqlite://", "sqlite:///:memory:", "sqlite:///", "mysql://a/b", "sqlite://a/b"]
)
def test_other_ledgers_are_refused(tmp_path: Path, written: str) -> None:
    with pytest.raises(DocumentError, match="invalid-value"):
        pipeline(tmp_path, f'{SMALL}ledger: "{written}"\n')


def test_a_missing_ledger_variable_is_found_where_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LEDGER", raising=False)
    with pytest.raises(DocumentError) as caught:
        pipeline(tmp_path, f"{SMALL}ledger: ${{env:LEDGER}}\n")
    assert (caught.value.code, caught.value.location[-4:]) == ("reference-env-missing", ":5:9")


@pytest.mark.parametrize("name", ["a", "A.b_c-9", "0", "x" * 128])
def test_names_are_plain(tmp_path: Path, name: str) -> None:
    text = SMALL.replace("visits\n", f'"{name}"\n', 1)
    assert pipeline(tmp_path, text).definition.pipeline == name


@pytest.mark.parametrize("name", ["", ".a", "-a", "a b", "a/b", "ä", "x" * 129, "a\\n"])
def test_other_names_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DocumentError, match="a name has letters"):
        pipeline(tmp_path, SMALL.replace("visits\n", f'"{name}"\n', 1))


def test_the_digest_is_of_what_is_said_not_of_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = pipeline(tmp_path / "a")
    same = pipeline(
        tmp_path / "b",
        "# a comment\npipeline: 'visits'\nformat: 1\n"
        "destination:\n  config: {url: sqlite:///visits.db}\n  connector: sql\n"
        'source: {config: {ratio: 1.10, path: "visits.jsonl"}, connector: files}\n',
    )
    assert first.digest == same.digest
    assert first.digest.startswith("sha256:")
    for old, new in [("visits.jsonl", "visit.jsonl"), ("1.10", "1.1"), ("1.10", "1"), ("sql,", "sqls,")]:
        assert pipeline(tmp_path / "c", SMALL.replace(old, new)).digest != first.digest
    monkeypatch.setenv("PLACE", "one")
    referring = SMALL.replace("visits.jsonl", '"${env:PLACE}"')
    before = pipeline(tmp_path / "d", referring).digest
    monkeypatch.setenv("PLACE", "two")
    assert pipeline(tmp_path / "d", referring).digest == before


def test_parts_are_ready_for_digests(tmp_path: Path) -> None:
    found = pipeline(tmp_path)
    assert found.part("source", "config") == {"path": "visits.jsonl", "ratio": "1.10"}
    assert found.part("write") is None
    assert found.part("source", "config", "path", "deeper") is None


def test_a_folder_stands_for_its_only_pipeline(tmp_path: Path) -> None:
    pipeline(tmp_path, name="visits.yml")
    (tmp_path / "compose.yaml").write_text("services: &a {x: 1}\nother: *a\n")
    (tmp_path / "notes.txt").write_text("pipeline: no")
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "p.yaml").write_text("pipeline: no\n")
    assert load_pipeline(tmp_path).definition.pipeline == "visits"
    assert find_pipelines(tmp_path) == [tmp_path / "visits.yml"]


def test_broken_pipelines_are_found_so_that_they_can_be_told_about(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("format: 1\npipeline: b\nsource: [\n")
    (tmp_path / "a.yaml").write_text('{"pipeline": "a", "x": [}\n')
    (tmp_path / "c.yaml").write_bytes(b"pipeline: c\nowner: \xff\n")
    (tmp_path / "d.yaml").write_text("other: [\n  pipeline: d\n")
    (tmp_path / "e.yaml").symlink_to(tmp_path / "gone.yaml")
    assert [path.name for path in find_pipelines(tmp_path)] == ["a.yaml", "b.yaml", "c.yaml"]
    assert refused(tmp_path / "b.yaml").code == "yaml-syntax"


def test_several_pipelines_must_be_named(tmp_path: Path) -> None:
    pipeline(tmp_path, name="b.yaml")
    pipeline(tmp_path, name="a.yaml")
    error = refused(tmp_path)
    assert error.code == "pipeline-not-named"
    assert "a.yaml, b.yaml" in str(error)


def test_a_folder_without_pipelines_is_refused(tmp_path: Path) -> None:
    assert find_pipelines(tmp_path) == []
    assert refused(tmp_path).code == "pipeline-missing"


def test_a_path_to_nothing_is_refused(tmp_path: Path) -> None:
    assert find_pipelines(tmp_path / "p.yaml") == [tmp_path / "p.yaml"]
    assert refused(tmp_path / "p.yaml").code == "document-missing"


def test_a_pipeline_whose_key_is_misspelt_is_told_and_not_passed_over(tmp_path: Path) -> None:
    pipeline(tmp_path)
    misspelt = tmp_path / "results.yaml"
    misspelt.write_text(SMALL.replace("pipeline:", "pipelin:"), encoding="utf-8")
    assert find_pipelines(tmp_path) == [tmp_path / "pipeline.yaml", misspelt]
    assert "pipelin" in str(refused(misspelt))
