"""What an object is made of, and how describe tells it.

Source: REST API Developer Guide, "sObject Describe"; SOAP API Developer Guide, "DescribeSObjectResult".
"""

from dataclasses import dataclass
from typing import Any

TEXTS = frozenset({"string", "textarea", "picklist", "email", "phone", "url", "id", "reference"})
NUMBERS = frozenset({"double", "currency", "percent"})
SOAP_TYPES = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "address": "urn:address",
    **dict.fromkeys(NUMBERS, "xsd:double"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object, with describe's own words in Python's spelling."""

    name: str
    type: str
    label: str = ""
    length: int = 0
    precision: int = 0
    scale: int = 0
    nillable: bool = True
    createable: bool = True
    updateable: bool = True
    external_id: bool = False
    unique: bool = False
    calculated: bool = False
    formula: str | None = None
    defaulted: bool = False
    filterable: bool = True
    sortable: bool = True
    picklist: tuple[str, ...] = ()
    restricted: bool = False
    refers_to: tuple[str, ...] = ()
    relationship: str | None = None
    compound: str | None = None

    @property
    def required(self) -> bool:
        """Whether a new row must bring it."""
        return self.createable and not self.nillable and not self.defaulted

    def described(self) -> dict[str, Any]:
        """Return the field as describe shows it."""
        choices = [
            {"active": True, "defaultValue": False, "label": value, "validFor": None, "value": value}
            for value in self.picklist
        ]
        return {
            "aggregatable": self.filterable,
            "autoNumber": False,
            "byteLength": min(self.length * 3, 131072 * 3),
            "calculated": self.calculated,
            "calculatedFormula": self.formula,
            "cascadeDelete": False,
            "caseSensitive": False,
            "compoundFieldName": self.compound,
            "createable": self.createable,
            "custom": self.name.endswith("__c"),
            "defaultValue": False if self.type == "boolean" else None,
            "defaultedOnCreate": self.defaulted,
            "deprecatedAndHidden": False,
            "digits": 9 if self.type == "int" else 0,
            "externalId": self.external_id,
            "filterable": self.filterable,
            "groupable": self.filterable and self.type not in NUMBERS,
            "idLookup": self.external_id or self.type == "id",
            "label": self.label or self.name.removesuffix("__c").replace("_", " "),
            "length": self.length,
            "name": self.name,
            "nameField": self.name == "Name",
            "nillable": self.nillable,
            "permissionable": self.nillable and self.createable,
            "picklistValues": choices,
            "precision": self.precision,
            "referenceTo": list(self.refers_to),
            "relationshipName": self.relationship,
            "restrictedPicklist": self.restricted,
            "scale": self.scale,
            "soapType": SOAP_TYPES.get(self.type, "xsd:string"),
            "sortable": self.sortable,
            "type": self.type,
            "unique": self.unique,
            "updateable": self.updateable,
        }


@dataclass(frozen=True, slots=True)
class SObject:
    """An object: its name, the first three letters of its ids, its fields in order."""

    name: str
    prefix: str
    fields: tuple[Field, ...]
    label: str = ""
    writable: bool = True

    def summary(self, version: str) -> dict[str, Any]:
        """Return the object as the global describe lists it."""
        label = self.label or self.name.removesuffix("__c").replace("_", " ")
        base = f"/services/data/{version}/sobjects/{self.name}"
        return {
            "createable": self.writable,
            "custom": self.name.endswith("__c"),
            "deletable": self.writable,
            "deprecatedAndHidden": False,
            "keyPrefix": self.prefix,
            "label": label,
            "labelPlural": f"{label}s",
            "name": self.name,
            "queryable": True,
            "replicateable": self.writable,
            "retrieveable": True,
            "searchable": self.writable,
            "undeletable": self.writable,
            "updateable": self.writable,
            "urls": {
                "sobject": base,
                "describe": f"{base}/describe",
                "rowTemplate": f"{base}/{{ID}}",
            },
        }
