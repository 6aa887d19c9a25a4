"""The documents of the demo, as a user would write them: one pipeline, one mapping, two environments."""

import re
from pathlib import Path
from typing import Final

from connector_sdk.cli.demo.org import Org

PIPELINE: Final = "pipeline.yaml"
MAPPING: Final = "mappings/contact-to-hcp.yaml"
LEDGER: Final = ".connector-sdk/ledger.db"
WAREHOUSE: Final = "warehouse.db"
UAT_WAREHOUSE: Final = "uat.db"
PROD_WAREHOUSE: Final = "prod.db"

_PIPELINE: Final = """\
format: 1
pipeline: hcp-to-warehouse
owner: commercial-data
expect: {every: 24h, min_records: 1}
source:
  connector: salesforce
  stream: Contact
  config:
    base_url: BASE_URL
    client_id: CLIENT_ID
    client_secret: "${file:salesforce.secret}"
    fields: [Ext_Id__c, FirstName, LastName, Title, Email, HasOptedOutOfEmail, MailingPostalCode,
      MailingCountry, Hcp_Fee__c, Phone, Birthdate]
mapping: mappings/contact-to-hcp.yaml
destination: {connector: sql, sink: hcp, config: {url: "sqlite:///warehouse.db"}}
write: {mode: upsert, deletes: mark}
batch_size: 250
"""

_MAPPING: Final = """\
format: 1
mapping: {id: contact-to-hcp, version: 1.0.0, owner: commercial-data}
rules:
  - {to: hcp_id, from: Id}
  - {to: external_id, from: Ext_Id__c}
  - {to: first_name, from: FirstName}
  - {to: last_name, from: LastName}
  - to: profession
    from: Title
    op: codelist
    args:
      map:
        Cardiologist: CARD
        Oncologist: ONCO
        Pharmacist: PHAR
        Study Nurse: NURS
        Médecin: PHYS
        "null": NONE
        N/A: NONE
  - {to: email, from: Email}
  - {to: no_email, from: HasOptedOutOfEmail}
  - {to: postal_code, from: MailingPostalCode}
  - {to: country, from: MailingCountry}
  - {to: fee, from: Hcp_Fee__c}
  - {to: changed_at, from: SystemModstamp}
unmapped_source:
  - {field: Phone, decision: drop, reason: "nobody calls from the warehouse"}
  - {field: Birthdate, decision: drop, reason: "personal, and no purpose needs it"}
"""

_UAT: Final = """\
format: 1
connections:
  sql: {url: "sqlite:///../uat.db"}
"""

_PROD: Final = """\
format: 1
connections:
  sql: {url: "sqlite:///../prod.db"}
identity:
  salesforce: {org: 00D7Q000000PrdXUAS}
"""


def write_documents(folder: Path, org: Org) -> None:
    """Write the pipeline that reads from `org`, and what belongs to it."""
    known = {"BASE_URL": org.config["base_url"], "CLIENT_ID": org.config["client_id"]}
    _write(folder / PIPELINE, re.sub("|".join(known), lambda found: known[found[0]], _PIPELINE))
    _write(folder / MAPPING, _MAPPING)
    _write(folder / "environments" / "uat.yaml", _UAT)
    _write(folder / "environments" / "prod.yaml", _PROD)
    secret = folder / "salesforce.secret"
    secret.touch(0o600)
    secret.write_text(org.config["client_secret"], encoding="utf-8")


def add_code(folder: Path, title: str, code: str) -> None:
    """Add a title to the mapping's code list, which makes another version of it."""
    path = folder / MAPPING
    text = path.read_text(encoding="utf-8").replace("version: 1.0.0", "version: 1.1.0")
    _write(path, text.replace("        N/A: NONE\n", f"        N/A: NONE\n        {title}: {code}\n"))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
