"""JSON Lines into one file, which appears under its name when the run has ended well.

The ledger knows how many bytes are committed. Whatever lies beyond them was written by a batch that never
was committed, and is cut off before the batch is written again.
"""

from collections.abc import Iterable
from pathlib import Path

from connector_files.durable import (
    check_policy,
    check_writable,
    copy,
    json_lines,
    publish,
    size_of,
    target_changed,
    target_exists,
    write_at,
)
from connector_files.translate import file_errors, not_a_file
from connector_sdk.connector import APPLIED, Batch, Call, Delivery, Outcome, Sink, WritePolicy
from connector_sdk.schema import Schema


class FileSink(Sink):
    """One file; its checkpoint is `{"bytes": …, "records": …}`, what of it is committed."""

    delivery = Delivery.EFFECTIVELY_ONCE

    def __init__(self, path: Path) -> None:
        self.path = path
        self.working = path.with_name(f".{path.name}.partial")

    def check(self, call: Call, schema: Schema, write: WritePolicy) -> None:
        """Prove that the file can be written; JSON holds every schema."""
        del call, schema
        check_policy(write)
        with file_errors(self.path, "written"):
            if self.path.exists() and not self.path.is_file():
                raise not_a_file(self.path)
            check_writable(self.path.parent)

    def prepare(self, call: Call, schema: Schema, write: WritePolicy) -> None:
        """Refuse a file that somebody else has written, before anything is."""
        self.check(call, schema, write)
        if call.checkpoint is None and self.path.exists():
            raise target_exists(self.path)

    def write(self, call: Call, batch: Batch) -> Iterable[Outcome]:
        """Append the batch's payloads after what is committed.

        Raises ConflictError where the target is not as the ledger knows it, UnavailableError where the disk
        is full.
        """
        data = json_lines(batch.payloads)
        with file_errors(self.path, "written"):
            committed = self._take_up(call, data)
            write_at(self.working, committed, data)
        records = (call.checkpoint or {"records": 0})["records"]
        call.checkpoint = {"bytes": committed + len(data), "records": records + len(batch)}
        return [APPLIED] * len(batch)

    def finish(self, call: Call) -> None:
        """Give the file its name."""
        if call.checkpoint is None:
            return
        with file_errors(self.path, "written"):
            working, final = size_of(self.working), size_of(self.path)
            committed = call.checkpoint["bytes"]
            if working is not None and working >= committed:
                write_at(self.working, committed, b"")
                publish(self.working, self.path)
            elif final != committed:
                raise self._changed(final if working is None else working, committed)

    def _take_up(self, call: Call, data: bytes) -> int:
        """Make the working file hold what is committed, and return its size in bytes."""
        working, final = size_of(self.working), size_of(self.path)
        if call.checkpoint is None:
            if final is not None:
                raise target_exists(self.path)
            # Another pipeline may be at work under this name: ours can only have written this very batch.
            if working and not (working <= len(data) and data.startswith(self.working.read_bytes())):
                raise target_exists(self.working)
            return 0
        committed: int = call.checkpoint["bytes"]
        if working is not None and working >= committed:
            return committed
        if final != committed:
            raise self._changed(final if working is None else working, committed)
        copy(self.path, self.working)
        return committed

    def _changed(self, size: int | None, committed: int) -> Exception:
        found = "it is gone" if size is None else f"it has {size} bytes"
        return target_changed(self.path, f"{committed} bytes are committed, and {found}")
