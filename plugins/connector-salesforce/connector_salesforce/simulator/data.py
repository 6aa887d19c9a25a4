"""The rows a simulator starts with: invented, the same for the same seed.

Names are put together from syllables and belong to nobody. Moments lie before `LATEST`, in the past of any
clock this runs under; some rows share a second, as bulk loads make them.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from connector_salesforce.simulator.store import Store, Table

LATEST = datetime(2025, 6, 1, 12, 0, 0, tzinfo=UTC)
SPAN = timedelta(days=30)
ORGANIZATION_NAME = "Simulated Org"
_STARTS = ("Ba", "Be", "Dor", "El", "Fa", "Gri", "Hal", "Jo", "Ka", "Lé", "Mi", "Nø", "Or", "Pé", "Ru", "Sö")
_MIDDLES = ("", "la", "mi", "né", "ro", "su", "ta", "vi", "xa", "žo")
_ENDS = ("bek", "dan", "fell", "gard", "kin", "lund", "mar", "nov", "quist", "ras", "stad", "wyn", "ýr", "ße")
_OTHER_SCRIPTS = ("Ταλίμ", "Борен", "サモル", "וולדן", "محلان")
_COUNTRIES = ("Germany", "France", "United States", "Japan", "Côte d’Ivoire", "Türkiye", "España", "NO", None)
_TITLES = ("Cardiologist", "Oncologist", "Pharmacist", "Study Nurse", "Médecin", "null", "N/A", None)
_NOTES = (
    "Prefers e-mail.\nDo not call before noon.",
    'Says "call me",\r\nthen is out; see notes, page 2',
    "=SUM(1,2) is text",
    None,
    None,
)
_SHARING_A_SECOND = 0.3


def fill(store: Store, seed: int, records: int) -> None:
    """Put the org, its user, some accounts, `records` contacts and some lab results into an empty store."""
    random = Random(f"salesforce {seed}")  # noqa: S311 - invented data, nothing secret
    user = _put_system(store, random)
    accounts = [_put(store.tables["Account"], _account(random, number), user, random) for number in range(20)]
    moments = list(_moments(random, records))
    contacts = store.tables["Contact"]
    for number in range(records):
        _put(contacts, _contact(random, number, accounts), user, random, moments[number])
    ids = list(contacts.rows)
    for number in range(records // 5):
        _put(store.tables["Lab_Result__c"], _lab_result(random, number, ids), user, random)


def _put_system(store: Store, random: Random) -> str:
    organization = store.tables["Organization"]
    organization.created = random.randrange(1_000_000)
    org = organization.next_id()
    organization.rows[org] = {
        "Id": org,
        "Name": ORGANIZATION_NAME,
        "IsSandbox": True,
        "InstanceName": "SIM1",
        "OrganizationType": "Developer Edition",
    }
    users = store.tables["User"]
    user = users.next_id()
    users.rows[user] = {"Id": user, "Username": "integration@sim.example", "Name": "Integration User"}
    return user


def _put(
    table: Table, values: dict[str, Any], user: str, random: Random, modified: datetime | None = None
) -> str:
    modified = modified or _before(LATEST, random)
    new = table.next_id()
    row: dict[str, Any] = {
        **{field.name: None for field in table.kind.fields if field.type != "address"},
        "Id": new,
        "IsDeleted": False,
        **values,
        "CreatedDate": modified - timedelta(days=random.randrange(400)),
        "CreatedById": user,
        "LastModifiedDate": modified - timedelta(seconds=random.choice((0, 0, 0, 3600))),
        "LastModifiedById": user,
        "SystemModstamp": modified,
    }
    table.rows[new] = row | {"CreatedDate": min(row["CreatedDate"], row["LastModifiedDate"])}
    return new


def _moments(random: Random, count: int) -> Iterator[datetime]:
    """Yield moments in no order, a part of them equal to the one before."""
    last = LATEST
    for number in range(count):
        if number == 0 or random.random() > _SHARING_A_SECOND:
            last = _before(LATEST, random)
        yield last


def _before(latest: datetime, random: Random) -> datetime:
    return latest - timedelta(seconds=random.randrange(int(SPAN.total_seconds())))


def word(random: Random) -> str:
    """Return an invented name."""
    if random.random() < 0.05:  # noqa: PLR2004 - some, not many
        return random.choice(_OTHER_SCRIPTS)
    return random.choice(_STARTS) + random.choice(_MIDDLES) + random.choice(_ENDS)


def _contact(random: Random, number: int, accounts: list[str]) -> dict[str, Any]:
    first, last = word(random), word(random)
    country = random.choice(_COUNTRIES)
    return {
        "AccountId": random.choice((*accounts, None)),
        "LastName": last,
        "FirstName": first,
        "Salutation": random.choice(("Mr.", "Ms.", "Mx.", "Dr.", "Prof.", None)),
        "Name": f"{first} {last}",
        "MailingStreet": random.choice((f"{number % 90 + 1} {word(random)} Street\nFloor 2", None)),
        "MailingCity": word(random),
        "MailingPostalCode": f"{random.randrange(100_000):05d}",
        "MailingCountry": country,
        "Phone": random.choice((f"+1 555 01{random.randrange(100):02d}", None)),
        "Email": random.choice((f"contact{number}@sim.example", None)),
        "Title": random.choice(_TITLES),
        "Birthdate": random.choice((date(1950, 1, 1) + timedelta(days=random.randrange(18_000)), None)),
        "Description": random.choice(_NOTES),
        "HasOptedOutOfEmail": random.random() < 0.2,  # noqa: PLR2004 - some
        "Ext_Id__c": f"HCP-{number:06d}",
        "Hcp_Fee__c": random.choice((Decimal(random.randrange(10_000_000)).scaleb(-2), None)),
        "Consent_Score__c": random.choice((Decimal(random.randrange(10_000)).scaleb(-4), None)),
        "Years_In_Practice__c": Decimal(random.randrange(45)),
        "Last_Call__c": random.choice((_before(LATEST, random), None)),
        "Region__c": country[:2] if country else None,
    }


def _account(random: Random, number: int) -> dict[str, Any]:
    return {
        "Name": f"{word(random)} {random.choice(('Hospital', 'Clinic', 'Lab & Co.'))}",
        "Type": random.choice(("Hospital", "Practice", "Laboratory", None)),
        "BillingCity": word(random),
        "BillingCountry": random.choice(_COUNTRIES),
        "NumberOfEmployees": random.choice((random.randrange(5000), None)),
        "AnnualRevenue": random.choice((Decimal(random.randrange(10**9)), None)),
        "Ext_Id__c": f"ACC-{number:04d}",
    }


def _lab_result(random: Random, number: int, contacts: list[str]) -> dict[str, Any]:
    return {
        "Name": f"LR-{number:06d}",
        "Contact__c": random.choice(contacts),
        "Result_Key__c": f"{random.randrange(100):03d}/V{random.randrange(9)}/{number}",
        "Test_Code__c": random.choice(("ALT", "AST", "HGB", "K")),
        "Value__c": random.choice((Decimal(random.randrange(10**7)).scaleb(-4), None)),
        "Unit__c": random.choice(("U/L", "g/dL", "mmol/L", None)),
        "Measured_At__c": _before(LATEST, random),
        "Status__c": random.choice(("Preliminary", "Final", "Corrected")),
        "Comment__c": random.choice(_NOTES),
        "Repeat__c": random.random() < 0.1,  # noqa: PLR2004 - few
    }
