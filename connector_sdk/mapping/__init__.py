"""Mappings: documents that say, field by field, how source records become target records.

```python
document = read_mapping(Path("mappings/contact-to-hcp.yaml"))
mapping = compile_mapping(document, contract.schema)
records = mapping.apply(records)
```
"""

from connector_sdk.mapping.compilation import Mapping, compile_mapping
from connector_sdk.mapping.definition import MappingDefinition
from connector_sdk.mapping.document import MappingDocument, contract_paths, read_mapping

__all__ = [
    "Mapping",
    "MappingDefinition",
    "MappingDocument",
    "compile_mapping",
    "contract_paths",
    "read_mapping",
]
