"""Bridge: the way to the emulator stays inside this computer and counts as encrypted."""

from ministack import app
from ministack.core import iam_evaluator

from local.overlay.settings import Settings

_LOOPBACK = True


def apply(settings: Settings) -> None:
    """aws:SecureTransport is true: policies that refuse plain HTTP can stay as they are."""
    original = iam_evaluator.pin_request_origin

    def pin(source_ip: str, secure_transport: bool) -> None:  # noqa: FBT001
        original(source_ip, secure_transport or _LOOPBACK)

    app.pin_request_origin = pin
    iam_evaluator._request_origin.set(("127.0.0.1", True))
