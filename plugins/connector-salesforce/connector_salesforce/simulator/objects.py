"""The objects of the simulated org: four of the vendor's and one custom one."""

from connector_salesforce.simulator.metadata import Field, SObject


def _system(name: str, kind: str, **facts: object) -> Field:
    facts = {"nillable": False, "createable": False, "updateable": False, "defaulted": True, **facts}
    return Field(name, kind, **facts)  # type: ignore[arg-type]  # facts are fields of Field


def _user(name: str, relationship: str) -> Field:
    return _system(name, "reference", length=18, refers_to=("User",), relationship=relationship)


ID = _system("Id", "id", length=18, label="Record ID")
AUDIT = (
    _system("CreatedDate", "datetime"),
    _user("CreatedById", "CreatedBy"),
    _system("LastModifiedDate", "datetime"),
    _user("LastModifiedById", "LastModifiedBy"),
    _system("SystemModstamp", "datetime"),
)
DELETED = _system("IsDeleted", "boolean", label="Deleted")


def _text(name: str, length: int, **facts: object) -> Field:
    return Field(name, "string", length=length, **facts)  # type: ignore[arg-type]  # facts are fields of Field


def _address(prefix: str) -> tuple[Field, ...]:
    whole = f"{prefix}Address"
    place = {"precision": 18, "scale": 15, "compound": whole}
    return (
        Field(f"{prefix}Street", "textarea", length=255, compound=whole),
        _text(f"{prefix}City", 40, compound=whole),
        _text(f"{prefix}State", 80, compound=whole),
        _text(f"{prefix}PostalCode", 20, compound=whole),
        _text(f"{prefix}Country", 80, compound=whole),
        Field(f"{prefix}Latitude", "double", **place),  # type: ignore[arg-type]  # as above
        Field(f"{prefix}Longitude", "double", **place),  # type: ignore[arg-type]  # as above
        Field(whole, "address", createable=False, updateable=False, sortable=False),
    )


def _master(name: str) -> Field:
    return Field(
        "MasterRecordId",
        "reference",
        length=18,
        createable=False,
        updateable=False,
        refers_to=(name,),
        relationship="MasterRecord",
    )


CONTACT = SObject(
    "Contact",
    "003",
    (
        ID,
        DELETED,
        _master("Contact"),
        Field("AccountId", "reference", length=18, refers_to=("Account",), relationship="Account"),
        _text("LastName", 80, nillable=False, compound="Name"),
        _text("FirstName", 40, compound="Name"),
        Field(
            "Salutation",
            "picklist",
            length=40,
            compound="Name",
            picklist=("Mr.", "Ms.", "Mx.", "Dr.", "Prof."),
        ),
        _text("Name", 121, nillable=False, createable=False, updateable=False, label="Full Name"),
        *_address("Mailing"),
        Field("Phone", "phone", length=40),
        Field("Email", "email", length=80),
        _text("Title", 128),
        Field("Birthdate", "date"),
        Field("Description", "textarea", length=32000, filterable=False, sortable=False),
        Field("HasOptedOutOfEmail", "boolean", nillable=False, defaulted=True, label="Email Opt Out"),
        *AUDIT,
        _text("Ext_Id__c", 40, external_id=True),
        Field("Hcp_Fee__c", "currency", precision=16, scale=2),
        Field("Consent_Score__c", "double", precision=9, scale=4),
        Field("Years_In_Practice__c", "double", precision=3),
        Field("Last_Call__c", "datetime"),
        _text(
            "Region__c",
            1300,
            createable=False,
            updateable=False,
            calculated=True,
            formula="LEFT(MailingCountry, 2)",
        ),
    ),
)

ACCOUNT = SObject(
    "Account",
    "001",
    (
        ID,
        DELETED,
        _master("Account"),
        _text("Name", 255, nillable=False, label="Account Name"),
        Field("Type", "picklist", length=255, picklist=("Hospital", "Practice", "Laboratory")),
        *_address("Billing"),
        Field("NumberOfEmployees", "int"),
        Field("AnnualRevenue", "currency", precision=18),
        Field("Description", "textarea", length=32000, filterable=False, sortable=False),
        *AUDIT,
        _text("Ext_Id__c", 40, external_id=True, unique=True),
    ),
)

LAB_RESULT = SObject(
    "Lab_Result__c",
    "a0B",
    (
        ID,
        DELETED,
        _text("Name", 80, defaulted=True, label="Lab Result Name"),
        *AUDIT,
        Field("Contact__c", "reference", length=18, refers_to=("Contact",), relationship="Contact__r"),
        _text("Result_Key__c", 60, external_id=True, unique=True),
        _text("Test_Code__c", 20, nillable=False),
        Field("Value__c", "double", precision=18, scale=6),
        _text("Unit__c", 20),
        Field("Measured_At__c", "datetime"),
        Field(
            "Status__c",
            "picklist",
            length=255,
            picklist=("Preliminary", "Final", "Corrected"),
            restricted=True,
        ),
        Field("Comment__c", "textarea", length=2000, filterable=False, sortable=False),
        Field("Repeat__c", "boolean", nillable=False, defaulted=True),
    ),
)

ORGANIZATION = SObject(
    "Organization",
    "00D",
    (
        ID,
        _text("Name", 80, nillable=False),
        Field("IsSandbox", "boolean", nillable=False),
        _text("InstanceName", 5),
        _text("OrganizationType", 40),
    ),
    writable=False,
)

USER = SObject(
    "User",
    "005",
    (ID, _text("Username", 80, nillable=False), _text("Name", 121, nillable=False)),
    writable=False,
)

OBJECTS = (ACCOUNT, CONTACT, LAB_RESULT, ORGANIZATION, USER)
