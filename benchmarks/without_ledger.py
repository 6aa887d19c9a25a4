"""Run a pipeline with a double in place of T1 and T2: it counts, and records nothing. For measuring only."""

import json
import sys
from pathlib import Path

from connector_sdk.ledger import batches
from connector_sdk.ledger.batches import Commit, Intent
from connector_sdk.ledger.commitments import Commitments
from connector_sdk.ledger.leases import Lease
from connector_sdk.ledger.partitions import Standing
from connector_sdk.ledger.store import open_store
from connector_sdk.pipeline.assembly import assemble
from connector_sdk.pipeline.definition import load_pipeline
from connector_sdk.pipeline.execution import Options
from connector_sdk.pipeline.flow import Progress
from connector_sdk.pipeline.run import run


def main() -> None:
    """Run the pipeline named on the command line and print its figures."""
    counted = Progress(Standing(0, 0, None, None))

    def intend(*_: object) -> None:
        """Record nothing."""

    def commit(_lease: Lease, _run: str, intent: Intent, result: Commit, before: Standing) -> Standing:
        counted.read += len(intent.texts)
        return Standing(intent.seq, before.arrival + len(intent.texts), intent.cursor, result.checkpoint)

    batches.intend = intend
    batches.commit = commit

    def uncommitted(*arguments: object) -> object:
        return arguments[-1]

    for name in ("keys", "values"):
        setattr(Commitments, name, uncommitted)
    assembly = assemble(load_pipeline(Path(sys.argv[1])))
    store = open_store(assembly.pipeline.ledger, create=True)
    report = run(assembly, store, Options(trigger={"kind": "benchmark"}))
    store.close()
    print(json.dumps({"status": report.status, "read": counted.read, "applied": counted.read}))


if __name__ == "__main__":
    main()
