"""What may leave as a mail or a text, checked before any provider sees it."""

import re

from city311.ports import Mail, PermanentFailure

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ADDRESS = re.compile(r"[^\s@<>()\[\],:;\\\"]{1,64}@[^\s@<>()\[\],:;\\\"]{1,255}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
LONGEST_TEXT = 1_600
"""Characters that SNS takes in one publish, in as many parts as it needs."""


def check_mail(mail: Mail) -> str:
    """The address to send it to, its domain as the mail system spells it.

    PermanentFailure for a subject or an address that could start a header, or a second recipient.
    """
    if _CONTROL.search(mail.subject) or _CONTROL.search(mail.to):
        raise PermanentFailure("a subject or an address with a line break")
    if not _ADDRESS.fullmatch(mail.to):
        raise PermanentFailure("not one e-mail address")
    local, _, domain = mail.to.rpartition("@")
    try:
        return f"{local.encode('ascii').decode()}@{domain.encode('idna').decode()}"
    except UnicodeError:
        raise PermanentFailure("an e-mail address that SES cannot reach") from None


def check_text(to: str, text: str) -> None:
    """PermanentFailure for a number that is not E.164, or a text that no publish can carry."""
    if not _E164.fullmatch(to):
        raise PermanentFailure("not a telephone number in E.164")
    if not text or len(text) > LONGEST_TEXT:
        raise PermanentFailure(f"not a text of 1 to {LONGEST_TEXT} characters")
