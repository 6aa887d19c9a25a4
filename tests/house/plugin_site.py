"""Install a module as a plugin for child processes only, and run the command line in them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple


class Ended(NamedTuple):
    """How a child ended: its exit code, the document it printed, and what it said on standard error."""

    code: int
    document: Any
    errors: str


class Site:
    """A folder on the children's module path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def install(self, connector: str, module: str, code: str, group: str = "connector_sdk") -> None:
        """Put a module there, and the metadata by which its entry point of the group is found."""
        (self.folder / f"{module}.py").write_text(code, encoding="utf-8")
        info = self.folder / f"{module}-0.1.0.dist-info"
        info.mkdir()
        name = module.replace("_", "-")
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1.0\n")
        (info / "entry_points.txt").write_text(f"[{group}]\n{connector} = {module}\n")

    def call(self, *arguments: str, at: Path, **environment: str) -> Ended:
        """Run a verb with `--json` in the folder `at`."""
        done = subprocess.run(
            [sys.executable, "-m", "connector_sdk", *arguments, "--json"],
            cwd=at,
            env={**os.environ, "PYTHONPATH": str(self.folder), **environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Ended(done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr)
