"""Delete the files that this connector has no use for."""

import shutil
from pathlib import Path

UNUSED = {
    "read": ["pipelines/write.yaml"],
    "write": ["conformance/samples-*.json", "pipelines/read.yaml"],
    "both": [],
    "none": ["conformance/samples-2.json", "conformance/samples-3.json"],
    "cursor": [],
    "page_number": [],
}

for pattern in UNUSED["{{ cookiecutter.direction }}"] + UNUSED["{{ cookiecutter.paging }}"]:
    for path in Path().glob(pattern):
        path.unlink()

# Installers compile whatever looks like Python, also in a template.
for folder in list(Path().rglob("__pycache__")):
    shutil.rmtree(folder)
