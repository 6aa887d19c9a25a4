"""JSON Lines into a folder: a part for each batch, and a manifest of them once the run has ended well.

Parts are numbered without a gap and never change once committed; only the manifest says which of them count.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from connector_files.durable import (
    check_policy,
    check_writable,
    json_lines,
    publish,
    size_of,
    sync_folder,
    target_changed,
    target_exists,
    write_at,
)
from connector_files.translate import file_errors
from connector_sdk.connector import APPLIED, Batch, Call, Delivery, Outcome, Sink, WritePolicy
from connector_sdk.schema import Schema

_PART = re.compile(r"part-(\d{8})\.jsonl")
_NOTHING = {"parts": 0, "records": 0, "bytes": 0}
_ENTRY = {"name", "records", "bytes", "sha256"}


class FolderSink(Sink):
    """A folder; its checkpoint is `{"parts": …, "records": …, "bytes": …}`, what of it is committed."""

    delivery = Delivery.EFFECTIVELY_ONCE

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest = path / "manifest.json"
        self._compared = False

    def check(self, call: Call, schema: Schema, write: WritePolicy) -> None:
        """Prove that parts can be written; JSON holds every schema."""
        del call, schema
        check_policy(write)
        with file_errors(self.path, "written"):
            check_writable(self.path if self.path.exists() else self.path.parent)

    def prepare(self, call: Call, schema: Schema, write: WritePolicy) -> None:
        """Create the folder."""
        self.check(call, schema, write)
        with file_errors(self.path, "written"):
            if not self.path.exists():
                self.path.mkdir()
                sync_folder(self.path.parent)
            if call.checkpoint is None and (self.manifest.exists() or self._found() - {1}):
                raise target_exists(self.path)

    def write(self, call: Call, batch: Batch) -> Iterable[Outcome]:
        """Write the batch as the part after the committed ones.

        Raises ConflictError where the folder is not as the ledger knows it, UnavailableError where the disk
        is full.
        """
        data = json_lines(batch.payloads)
        done = call.checkpoint or _NOTHING
        part = self._part(done["parts"] + 1)
        with file_errors(self.path, "written"):
            if not self._compared:
                self._compare(call, data)
                self._compared = True
            working = part.with_name(f".{part.name}.partial")
            write_at(working, 0, data)
            publish(working, part)
        call.checkpoint = {
            "parts": done["parts"] + 1,
            "records": done["records"] + len(batch),
            "bytes": done["bytes"] + len(data),
        }
        return [APPLIED] * len(batch)

    def finish(self, call: Call) -> None:
        """Take away what no committed batch wrote, and write the manifest anew."""
        if call.checkpoint is None:
            return
        with file_errors(self.path, "written"):
            self._compare(call, None)
            self._part(call.checkpoint["parts"] + 1).unlink(missing_ok=True)
            manifest = self._describe(call.checkpoint["parts"])
            if manifest["records"] != call.checkpoint["records"]:
                raise target_changed(self.path, "its parts do not hold the committed number of records")
            working = self.path / ".manifest.json.partial"
            write_at(working, 0, json.dumps(manifest, indent=1).encode() + b"\n")
            publish(working, self.manifest)

    def _part(self, number: int) -> Path:
        return self.path / f"part-{number:08}.jsonl"

    def _found(self) -> set[int]:
        """Return the numbers of the parts in the folder."""
        return {int(match[1]) for each in self.path.iterdir() if (match := _PART.fullmatch(each.name))}

    def _compare(self, call: Call, data: bytes | None) -> None:
        """Prove that the folder holds the committed parts and at most the one whose commit was cut short."""
        done = call.checkpoint or _NOTHING
        spare = self._found() - set(range(1, done["parts"] + 1))
        if call.checkpoint is None:
            if spare and (spare != {1} or data != self._part(1).read_bytes()):
                raise target_exists(self.path)
            return
        sizes = [size_of(self._part(number)) for number in range(1, done["parts"] + 1)]
        if None in sizes or sum(size or 0 for size in sizes) != done["bytes"]:
            raise target_changed(
                self.path, f"its {done['parts']} committed parts are not all there and whole"
            )
        if spare - {done["parts"] + 1}:
            raise target_changed(self.path, "it holds parts that this pipeline has not written")

    def _listed(self) -> dict[str, Any]:
        """Return the last manifest's entries by name: none where it is not there or not as it was written."""
        try:
            found = json.loads(self.manifest.read_bytes())["parts"]
            return {each["name"]: each for each in found if each.keys() == _ENTRY}
        except (FileNotFoundError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return {}

    def _describe(self, parts: int) -> dict[str, Any]:
        """List the parts, hashing those that the last manifest does not list yet."""
        listed = self._listed()
        entries = [
            listed.get(path.name) or _entry(path)
            for path in (self._part(number) for number in range(1, parts + 1))
        ]
        return {"format": 1, "parts": entries, "records": sum(entry["records"] for entry in entries)}


def _entry(path: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    size = records = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            size += len(block)
            records += block.count(b"\n")
    return {"name": path.name, "records": records, "bytes": size, "sha256": digest.hexdigest()}
