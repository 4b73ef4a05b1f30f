"""The resident behind a request: the only personal data, kept apart so that it can be erased."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """Who reported it and how to reach them; all of it may be absent but the two secrets.

    ``capability`` opens the private page; only its digest is on the request. ``commitment_key``
    keys what the audit says of personal values: erasing this record makes both unusable.
    """

    service_request_id: str
    capability: str
    commitment_key: str
    language: str
    email: str | None = None
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    device_id: str | None = None
    account_id: str | None = None
