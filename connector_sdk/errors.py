"""Every error of the SDK, named for what its reader should do next.

ConnectorError
├─ ConfigurationError
├─ ComplianceError
│  ├─ NotApprovedError
│  └─ IdentityMismatchError
├─ RetryableError
│  ├─ ThrottledError
│  ├─ UnavailableError
│  ├─ UnreachableError
│  ├─ AuditUnavailableError
│  └─ LeaseHeldError
├─ CircuitOpenError
├─ RejectedError
│  ├─ AuthenticationError
│  ├─ AccessDeniedError
│  ├─ NotFoundError
│  ├─ ConflictError
│  └─ InvalidInputError
├─ IncompleteResponseError
├─ LedgerError
├─ RecordError
├─ DataStopError
├─ ContractError
├─ OutcomeUnknownError
└─ FencedError

Only these cross the SDK's border: a library's own exception is translated where the library is called.
"""

from typing import ClassVar

from connector_sdk.redact import redact_text


class ConnectorError(Exception):
    """Base of all errors of the SDK.

    `code` is stable and looked up with `connector-sdk explain CODE`; a vendor's own codes are namespaced
    (`salesforce:INVALID_FIELD`). `hint` says what to do next; `location` names the file, field or record
    concerned, never a value. The message is redacted, so an error may be logged as it is.
    """

    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        message: str,
        *,
        code: str,
        hint: str = "",
        location: str = "",
        attempts: int | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(redact_text(message))
        self.code = code
        self.hint = hint
        self.location = location
        self.attempts = attempts
        self.request_id = request_id
        self.retry_after = retry_after


class ConfigurationError(ConnectorError):
    """A setting is missing or wrong: fix it and run again."""

    exit_code = 2


class ComplianceError(ConnectorError):
    """Refused before anything was sent."""

    exit_code = 77


class NotApprovedError(ComplianceError):
    """The bundle lacks an approval that its environment demands."""


class IdentityMismatchError(ComplianceError):
    """The system reached is not the one the environment names."""


class RetryableError(ConnectorError):
    """The same call may succeed later; nothing was moved that is not recorded."""

    exit_code = 75


class ThrottledError(RetryableError):
    """The system asks for a slower pace; see `retry_after`."""


class UnavailableError(RetryableError):
    """The system answered that it cannot serve now."""


class UnreachableError(RetryableError):
    """The system did not answer."""


class AuditUnavailableError(RetryableError):
    """The ledger cannot record, hence nothing is sent."""


class LeaseHeldError(RetryableError):
    """Another run holds the partition."""


class CircuitOpenError(ConnectorError):
    """The system was not asked, because it failed too often just before; see `retry_after`."""

    exit_code = 75


class RejectedError(ConnectorError):
    """The system refused; sending the same again is pointless."""

    exit_code = 70


class AuthenticationError(RejectedError):
    """The credentials were not accepted."""


class AccessDeniedError(RejectedError):
    """The credentials are good but do not permit this."""


class NotFoundError(RejectedError):
    """What was asked for is not there."""


class ConflictError(RejectedError):
    """The target is in another state than the one this write builds on."""


class InvalidInputError(RejectedError):
    """The system finds the request malformed."""


class IncompleteResponseError(ConnectorError):
    """Cut, short, looping, or not what was promised: never taken for data."""

    exit_code = 70


class LedgerError(ConnectorError):
    """The ledger is foreign, damaged, newer than this version, or an older copy."""

    exit_code = 70


class RecordError(ConnectorError):
    """One record cannot be moved exactly; it becomes a dead letter and the run goes on."""


class DataStopError(ConnectorError):
    """The data itself forbids going on."""

    exit_code = 65


class ContractError(ConnectorError):
    """A source's or target's schema is not the pinned one."""

    exit_code = 65


class OutcomeUnknownError(ConnectorError):
    """A write may have happened: look it up, never send it blindly again."""

    exit_code = 65


class FencedError(ConnectorError):
    """Another run took over this partition; this one must stop."""

    exit_code = 76
