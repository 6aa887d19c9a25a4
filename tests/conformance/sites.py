"""Environments for connectors under examination: an interpreter that sees the SDK and plugins of a test."""

import site
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path


def interpreter(folder: Path, plugins: Mapping[str, str]) -> Path:
    """Return the interpreter of an environment that has these plugins, source by name of the connector."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    (packages,) = folder.glob("lib/python*/site-packages")
    lines = [f"import site; site.addsitedir({path!r})\n" for path in site.getsitepackages()]
    (packages / "sdk.pth").write_text("".join(lines))
    for name, source in plugins.items():
        install(packages, name, source)
    return python


def install(packages: Path, name: str, source: str) -> None:
    """Put a plugin of one module, with its metadata, where its environment looks."""
    module = f"connector_{name.replace('-', '_')}"
    (packages / f"{module}.py").write_text(source)
    metadata = packages / f"{module}-1.0.dist-info"
    metadata.mkdir(exist_ok=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: connector-{name}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[connector_sdk]\n{name} = {module}\n")
