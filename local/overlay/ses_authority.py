"""Bridge: who may send mail is asked of the sender's identity and the configuration set."""

import json
from email.utils import parseaddr
from typing import Any

from ministack import app
from ministack.core.responses import get_account_id, get_region
from ministack.services import ses

from local.overlay.settings import Settings

Json = dict[str, Any]
_SEND = "/v2/email/outbound-emails"


def resources(request: Json) -> list[str]:
    """The identity that sends, and the configuration set if one is named."""
    prefix = f"arn:aws:ses:{get_region()}:{get_account_id()}"
    address = parseaddr(request.get("FromEmailAddress", ""))[1]
    known = address in ses._identities
    found = [f"{prefix}:identity/{address if known else address.partition('@')[2]}"]
    name = request.get("ConfigurationSetName")
    return [*found, f"{prefix}:configuration-set/{name}"] if name else found


def context(request: Json) -> Json:
    """The condition keys of a send."""
    display, address = parseaddr(request.get("FromEmailAddress", ""))
    destination = request.get("Destination") or {}
    kinds = ("ToAddresses", "CcAddresses", "BccAddresses")
    return {
        "ses:ApiVersion": "2",
        "ses:FromAddress": address,
        "ses:FromDisplayName": display,
        "ses:Recipients": [one for kind in kinds for one in destination.get(kind) or []],
    }


def apply(settings: Settings) -> None:
    """Ask for SendEmail; every other call is asked by the emulator."""
    original = app._enforce_ses_v2

    def enforce(method: str, path: str, headers: Json, body: bytes, *rest: Any) -> Any:
        if method != "POST" or path.rstrip("/") != _SEND:
            return original(method, path, headers, body, *rest)
        request = json.loads(body or b"{}")
        for arn in resources(request):
            denied = app._enforce_data_plane(
                "sesv2",
                "ses:SendEmail",
                headers,
                *rest,
                resource_arn=arn,
                service_context=context(request),
                named_resource=arn,
            )
            if denied:
                return denied
        return None

    app._enforce_ses_v2 = enforce
