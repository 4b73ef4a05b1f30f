"""Twins of the AWS adapters, in memory: the same behaviour, proved by the same tests."""

from city311.adapters.memory.outside import (
    MemoryExecutions,
    MemoryMailer,
    MemoryTexter,
    MemoryUploads,
)
from city311.adapters.memory.partners import MemoryPartners
from city311.adapters.memory.records import (
    MemoryLedger,
    MemoryPhotoRecords,
    MemoryResidents,
    MemoryTokens,
    MemoryWatch,
)
from city311.adapters.memory.requests import MemoryRequests
from city311.adapters.memory.table import MemoryTable

__all__ = [
    "MemoryExecutions",
    "MemoryLedger",
    "MemoryMailer",
    "MemoryPartners",
    "MemoryPhotoRecords",
    "MemoryRequests",
    "MemoryResidents",
    "MemoryTable",
    "MemoryTexter",
    "MemoryTokens",
    "MemoryUploads",
    "MemoryWatch",
]
