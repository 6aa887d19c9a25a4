"""Records that the source deleted: marked or removed, but never by an older version."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector_sdk.connector import APPLIED, SUPERSEDED, Deletes, Mode, WritePolicy
from connector_sdk.errors import ConfigurationError, ConflictError, ContractError
from connector_sdk.schema import Field, FieldType

ALIVE, GONE = {"id": "a", "v": "1"}, {"id": "a", "v": "2"}
KEYED = [Mode.UPSERT, Mode.INSERT, Mode.UPDATE]


@pytest.mark.req("G3")
@pytest.mark.parametrize("deletes", [Deletes.MARK, Deletes.DELETE])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(
        st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9), st.booleans()), min_size=1, max_size=6),
        min_size=1,
        max_size=4,
    )
)
def test_deletions_keep_the_order_of_versions(
    batches: list[list[tuple[str, int, bool]]], new_target: Callable[[], Any], deletes: Deletes
) -> None:
    """Objective: against a model of the table; whatever the order of arrival, no row goes back."""
    target = new_target()
    schema = target.schema("id", "v")
    sink = target.sink(schema, deletes=deletes)
    present: dict[str, tuple[int, str, int]] = {}
    for seq, batch in enumerate(batches, 1):
        rows = [{"id": key, "v": f"{seq}.{place}"} for place, (key, _, _) in enumerate(batch)]
        outcomes = target.write(
            sink,
            schema,
            rows,
            seq=seq,
            versions=[version for _, version, _ in batch],
            deleted=[deleted for _, _, deleted in batch],
        )
        for place, (key, version, deleted) in enumerate(batch):
            newer = key not in present or version >= present[key][0]
            assert outcomes[place] == (APPLIED if newer else SUPERSEDED)
            if newer and deleted and deletes is Deletes.DELETE:
                present.pop(key, None)
            elif newer:
                present[key] = (version, f"{seq}.{place}", int(deleted))
    sink.close()
    columns = "id, v, _version, _deleted" if deletes is Deletes.MARK else "id, v, _version, 0"
    assert {key: (version, value, mark) for key, value, version, mark in target.rows(columns)} == present


def put(target: Any, mode: Mode, deletes: Deletes, *steps: tuple[dict[str, str], int, bool]) -> list[Any]:
    """Write each step as a batch of its own after a row `b`; return what became of them."""
    schema = target.schema("id", "v")
    found = []
    for seq, (row, version, deleted) in enumerate(steps, 1):
        sink = target.sink(schema, mode, deletes=deletes)
        outcome = target.write(sink, schema, [row], seq=seq, versions=[version], deleted=[deleted])
        found += [each.code or each.disposition.value for each in outcome]
    return found


@pytest.mark.parametrize("mode", KEYED)
def test_a_row_is_marked_with_its_last_state(target: Any, mode: Mode) -> None:
    schema = target.schema("id", "v")
    before = target.sink(schema, deletes=Deletes.MARK)
    target.write(before, schema, [ALIVE], seq=1, versions=[1])
    before.close()
    sink = target.sink(schema, mode, deletes=Deletes.MARK)
    assert target.write(sink, schema, [GONE], seq=2, versions=[2], deleted=[True]) == [APPLIED]
    assert target.rows("id, v, _version, _deleted") == [("a", "2", 2, 1)]


@pytest.mark.parametrize("mode", KEYED)
def test_a_row_is_removed(target: Any, mode: Mode) -> None:
    schema = target.schema("id", "v")
    before = target.sink(schema)
    target.write(before, schema, [ALIVE, {"id": "b", "v": "1"}], seq=1, versions=[1, 2])
    before.close()
    sink = target.sink(schema, mode, deletes=Deletes.DELETE)
    assert target.write(sink, schema, [GONE], seq=2, versions=[3], deleted=[True]) == [APPLIED]
    assert target.rows("id") == [("b",)]


@pytest.mark.parametrize("deletes", [Deletes.MARK, Deletes.DELETE])
@pytest.mark.parametrize("mode", KEYED)
def test_what_is_not_there_is_deleted_already(target: Any, mode: Mode, deletes: Deletes) -> None:
    """Only upsert and insert make rows, so only they leave one that says so."""
    assert put(target, mode, deletes, (GONE, 1, True)) == ["applied"]
    kept = deletes is Deletes.MARK and mode is not Mode.UPDATE
    assert target.rows("id, v") == ([("a", "2")] if kept else [])


@pytest.mark.req("G3")
@pytest.mark.parametrize("deletes", [Deletes.MARK, Deletes.DELETE])
@pytest.mark.parametrize("mode", KEYED)
def test_an_older_deletion_leaves_a_newer_row_alone(target: Any, mode: Mode, deletes: Deletes) -> None:
    schema = target.schema("id", "v")
    before = target.sink(schema, deletes=deletes)
    target.write(before, schema, [ALIVE], seq=1, versions=[9])
    before.close()
    sink = target.sink(schema, mode, deletes=deletes)
    assert target.write(sink, schema, [GONE], seq=2, versions=[8], deleted=[True]) == [SUPERSEDED]
    assert target.rows("id, v") == [("a", "1")]


@pytest.mark.req("G3")
def test_an_older_version_does_not_bring_a_marked_row_back(target: Any) -> None:
    steps = (ALIVE, 1, False), (GONE, 5, True), (ALIVE, 4, False)
    assert put(target, Mode.UPSERT, Deletes.MARK, *steps) == ["applied", "applied", "superseded"]
    assert target.rows("id, v, _deleted") == [("a", "2", 1)]


@pytest.mark.parametrize("mode", [Mode.UPSERT, Mode.INSERT])
@pytest.mark.parametrize("deletes", [Deletes.MARK, Deletes.DELETE])
def test_a_record_that_comes_back_is_no_longer_deleted(target: Any, mode: Mode, deletes: Deletes) -> None:
    steps = (ALIVE, 1, False), (GONE, 2, True), (ALIVE, 3, False)
    assert put(target, mode, deletes, *steps) == ["applied"] * 3
    mark = ", _deleted" if deletes is Deletes.MARK else ", 0"
    assert target.rows("id, v, _version" + mark) == [("a", "1", 3, 0)]


def test_an_insert_tells_an_old_record_from_one_that_is_there(target: Any) -> None:
    steps = (ALIVE, 1, False), (ALIVE, 2, False), (GONE, 5, True), (ALIVE, 4, False), (ALIVE, 6, False)
    found = put(target, Mode.INSERT, Deletes.MARK, *steps)
    assert found == ["applied", "sql-key-exists", "applied", "superseded", "applied"]


def test_marks_are_taken_back_also_when_deletions_are_no_longer_marked(target: Any) -> None:
    put(target, Mode.UPSERT, Deletes.MARK, (GONE, 1, True))
    schema = target.schema("id", "v")
    sink = target.sink(schema, deletes=Deletes.REFUSE)
    assert target.write(sink, schema, [ALIVE, {"id": "b", "v": "1"}], seq=2) == [APPLIED] * 2
    assert target.rows("id, _deleted") == [("a", 0), ("b", 0)]


def test_append_adds_the_deletion_as_a_row(target: Any) -> None:
    schema = target.schema("v", key=())
    sink = target.sink(schema, Mode.APPEND, deletes=Deletes.MARK)
    rows = [{"v": "1"}, {"v": "2"}, {"v": "1"}]
    assert target.write(sink, schema, rows, deleted=[False, True, True]) == [APPLIED] * 3
    assert target.rows("v, _deleted") == [("1", 0), ("2", 1), ("1", 1)]


def test_append_removes_nothing(target: Any) -> None:
    with pytest.raises(ConfigurationError) as caught:
        target.sink(target.schema("id"), Mode.APPEND, deletes=Deletes.DELETE)
    assert caught.value.code == "sql-append-deletes"


def test_within_a_batch_the_order_of_records_counts(target: Any) -> None:
    schema = target.schema("id", "v")
    sink = target.sink(schema, deletes=Deletes.DELETE)
    rows = [{"id": key, "v": str(place)} for place, key in enumerate("abababc")]
    deleted = [False, False, True, True, False, True, False]
    assert target.write(sink, schema, rows, deleted=deleted) == [APPLIED] * 7
    assert target.rows("id, v") == [("a", "4"), ("c", "6")]


def test_a_mark_is_kept_where_nulls_are_omitted(target: Any) -> None:
    schema = target.schema("id", Field(name="v", type=FieldType.STRING, nullable=True))
    sink = target.sink(schema, omit_nulls=True, deletes=Deletes.MARK)
    target.write(sink, schema, [ALIVE], seq=1)
    target.write(sink, schema, [{"id": "a", "v": None}], seq=2, deleted=[True])
    assert target.rows("v, _deleted") == [("1", 1)]
    target.write(sink, schema, [{"id": "a", "v": None}], seq=3)
    assert target.rows("v, _deleted") == [("1", 0)]


def test_a_refused_deletion_leaves_the_others_alone(target: Any) -> None:
    target.run(
        "CREATE TABLE hcp (id TEXT PRIMARY KEY, v TEXT CHECK (length(v) < 9), _version INTEGER NOT NULL,"
        " _deleted INTEGER NOT NULL)"
    )
    schema = target.schema("id", "v")
    sink = target.sink(schema, deletes=Deletes.MARK)
    rows = [{"id": "a", "v": "confidential"}, {"id": "b", "v": "x"}]
    outcomes = target.write(sink, schema, rows, deleted=[True, True])
    assert [outcome.code for outcome in outcomes] == ["sql-constraint", ""]
    assert target.rows("id, _deleted") == [("b", 1)]


@pytest.mark.req("G2")
@pytest.mark.parametrize("deletes", [Deletes.MARK, Deletes.DELETE])
def test_a_repeated_deletion_is_recognised(target: Any, deletes: Deletes) -> None:
    """Objective: class X. What somebody restored after the batch was written is not deleted once more."""
    schema = target.schema("id", "v")
    rows, deleted = [ALIVE, GONE], [False, True]
    first = target.write(target.sink(schema, deletes=deletes), schema, rows, deleted=deleted)
    mark = (", _deleted", ", 0") if deletes is Deletes.MARK else ("", "")
    target.run("DELETE FROM hcp", f"INSERT INTO hcp (id, v, _version{mark[0]}) VALUES ('a', 'x', 1{mark[1]})")
    content = target.rows()
    assert target.write(target.sink(schema, deletes=deletes), schema, rows, deleted=deleted, epoch=2) == first
    assert target.rows() == content


@pytest.mark.req("G1")
def test_a_deletion_is_another_batch_than_the_record_it_deletes(target: Any) -> None:
    schema = target.schema("id", "v")
    sink = target.sink(schema, deletes=Deletes.DELETE)
    target.write(sink, schema, [ALIVE])
    with pytest.raises(Exception, match="another batch of this number"):
        target.write(sink, schema, [ALIVE], deleted=[True])


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("", 'ADD COLUMN "_deleted" INTEGER NOT NULL DEFAULT 0'),
        (", _deleted INTEGER", "'_deleted' is not an ordinary INTEGER NOT NULL"),
        (", _deleted TEXT NOT NULL", "'_deleted' is not an ordinary INTEGER NOT NULL"),
    ],
)
def test_an_existing_table_needs_the_column_of_marks(target: Any, column: str, said: str) -> None:
    target.run(f"CREATE TABLE hcp (id TEXT PRIMARY KEY, v TEXT, _version INTEGER NOT NULL{column})")
    with pytest.raises(ContractError) as caught:
        target.sink(target.schema("id", "v"), deletes=Deletes.MARK)
    assert said in str(caught.value)
    assert caught.value.code == "sql-table-differs"


@pytest.mark.parametrize("declared", ["INTEGER NOT NULL", "BOOLEAN NOT NULL DEFAULT 0", "INT NOT NULL"])
def test_an_existing_column_of_marks_is_used(target: Any, declared: str) -> None:
    target.run(
        f"CREATE TABLE hcp (id TEXT PRIMARY KEY, v TEXT, _version INTEGER NOT NULL, _deleted {declared})"
    )
    assert put(target, Mode.UPSERT, Deletes.MARK, (GONE, 1, True)) == ["applied"]
    assert target.rows("_deleted, typeof(_deleted)") == [(1, "integer")]


def test_the_column_of_marks_counts_among_the_columns_of_a_table(
    target: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector_sql.sink.max_columns", lambda: 3)
    schema = target.schema("id", "v")
    target.bare().check(target.call, schema, WritePolicy())
    with pytest.raises(ContractError) as caught:
        target.bare().check(target.call, schema, WritePolicy(deletes=Deletes.MARK))
    assert caught.value.code == "sql-too-many-columns"


@pytest.mark.parametrize("deletes", [Deletes.MARK, Deletes.DELETE])
def test_an_insert_that_deletes_compares_versions_too(target: Any, deletes: Deletes) -> None:
    """Versions of another pipeline cannot be compared, so its table is refused as for upserts."""
    put(target, Mode.INSERT, deletes, (ALIVE, 1, False))
    target.run("UPDATE _connector_checkpoint SET pipeline = 'other'")
    target.call.checkpoint = None
    with pytest.raises(ConflictError) as caught:
        target.sink(target.schema("id", "v"), Mode.INSERT, deletes=deletes)
    assert caught.value.code == "sql-table-taken"
