"""The ledger: runs, batches, cursors, dead letters, leases, and the audit log that proves them unaltered."""
