"""The twins of what leaves the building: mails, texts, executions, uploads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

from city311.adapters.outgoing import check_mail, check_text
from city311.adapters.uploading import FORM_LIFE, LARGEST_PHOTO, upload_key
from city311.ports import Clock, Mail, PermanentFailure, TransientFailure, UploadForm

Failure = PermanentFailure | TransientFailure


@dataclass(slots=True)
class MemoryMailer:
    """Keeps what it was given in ``sent``; raises the next of ``failures`` first, if any."""

    sent: list[Mail] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    lock: Any = field(default_factory=RLock)

    def send(self, mail: Mail) -> str:
        """Keep it and return an id."""
        check_mail(mail)
        with self.lock:
            if self.failures:
                raise self.failures.pop(0)
            self.sent.append(mail)
            return f"mail-{len(self.sent)}"


@dataclass(slots=True)
class MemoryTexter:
    """Keeps (ledger id, number, text) in ``sent``; raises the next of ``failures`` first."""

    sent: list[tuple[str, str, str]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    lock: Any = field(default_factory=RLock)

    def send(self, ledger_id: str, to: str, text: str) -> str:
        """Keep it and return an id."""
        check_text(to, text)
        with self.lock:
            if self.failures:
                raise self.failures.pop(0)
            self.sent.append((ledger_id, to, text))
            return f"text-{len(self.sent)}"


@dataclass(slots=True)
class MemoryExecutions:
    """Names that were started, tokens that wait, outputs that tokens were completed with."""

    started: dict[str, str] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    outputs: dict[str, Mapping[str, object]] = field(default_factory=dict)
    lock: Any = field(default_factory=RLock)

    def start(self, name: str, service_request_id: str) -> bool:
        """Start it; False if the name was used."""
        with self.lock:
            if name in self.started:
                return False
            self.started[name] = service_request_id
            return True

    def succeed(self, token: str, output: Mapping[str, object]) -> bool:
        """Complete a token in ``waiting``; False for any other."""
        with self.lock:
            if token not in self.waiting:
                return False
            self.waiting.remove(token)
            self.outputs[token] = dict(output)
            return True


@dataclass(slots=True)
class MemoryUploads:
    """Forms that lead nowhere, and the (type, bytes) that were put, by photo id."""

    clock: Clock
    stored: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def form(self, photo_id: str, content_type: str) -> UploadForm:
        """A form with the fields of a real one."""
        return UploadForm(
            photo_id=photo_id,
            url="https://quarantine.example/",
            fields={"key": upload_key(photo_id), "Content-Type": content_type},
            expires_at=self.clock() + FORM_LIFE,
            max_bytes=LARGEST_PHOTO,
        )

    def put(self, photo_id: str, content_type: str, content: bytes) -> None:
        """Keep it."""
        self.stored[photo_id] = content_type, content
