"""What the use cases need from the world: protocols only, each kept by an adapter and its twin."""

from city311.ports.context import Clock, Versions
from city311.ports.executing import Executions, Tokens, WaitToken, Watch
from city311.ports.filing import (
    Acceptance,
    Accepted,
    Change,
    IdempotencyKey,
    IdTaken,
    ListQuery,
    Page,
    Repeated,
    Requests,
    Residents,
    WorkItem,
)
from city311.ports.partners import Partners
from city311.ports.photographs import PhotoRecord, PhotoRecords, UploadForm, Uploads
from city311.ports.telling import (
    Claim,
    Ledger,
    Mail,
    Mailer,
    PermanentFailure,
    Texter,
    TransientFailure,
)

__all__ = [
    "Acceptance",
    "Accepted",
    "Change",
    "Claim",
    "Clock",
    "Executions",
    "IdTaken",
    "IdempotencyKey",
    "Ledger",
    "ListQuery",
    "Mail",
    "Mailer",
    "Page",
    "Partners",
    "PermanentFailure",
    "PhotoRecord",
    "PhotoRecords",
    "Repeated",
    "Requests",
    "Residents",
    "Texter",
    "Tokens",
    "TransientFailure",
    "UploadForm",
    "Uploads",
    "Versions",
    "WaitToken",
    "Watch",
    "WorkItem",
]
