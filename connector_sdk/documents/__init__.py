"""Documents people write: strict YAML in, plain data or models out, and diagnostics that say where and what.

```python
document = load(Path("pipeline.yaml"))
settings = document.with_references(("source", "config")).validate(FilesConfig, at=("source", "config"))
```
"""

from connector_sdk.documents.diagnostics import Diagnostic, DocumentError
from connector_sdk.documents.document import Document, load, load_leniently, of_text
from connector_sdk.documents.nodes import Loc
from connector_sdk.documents.rendering import one_line, render

__all__ = [
    "Diagnostic",
    "Document",
    "DocumentError",
    "Loc",
    "load",
    "load_leniently",
    "of_text",
    "one_line",
    "render",
]
