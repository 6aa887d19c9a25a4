"""The pipelines of the demo, as a user would write them."""

from pathlib import Path

_DOCUMENT = """\
format: 1
pipeline: {name}
source: {{connector: files, stream: {name}, config: {{path: {source}, primary_key: [{key}]}}}}
destination: {{connector: sql, sink: {name}, config: {{url: "sqlite:///target.db"}}}}
batch_size: {batch_size}
"""


def write_pipeline(
    folder: Path, name: str, source: str, key: str, *, batch_size: int = 1000, ledger: str = ""
) -> None:
    """Write `NAME.yaml`: the file `source` into the table `name` of `target.db` beside it."""
    folder.mkdir(exist_ok=True)
    text = _DOCUMENT.format(name=name, source=source, key=key, batch_size=batch_size)
    (folder / f"{name}.yaml").write_text(text + (f"ledger: {ledger}\n" if ledger else ""), encoding="utf-8")
