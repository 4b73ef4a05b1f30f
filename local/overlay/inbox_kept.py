"""Bridge: a mail that was sent stays sent: the inbox is still there after a restart."""

import copy
from typing import Any

from ministack.services import ses

from local.overlay.settings import Settings

Json = dict[str, Any]
_KEY = "city311_sent_emails"


def apply(settings: Settings) -> None:
    """Make the mails part of what the service saves and reads back."""
    save, restore = ses.get_state, ses._restore_state

    def saved() -> Json:
        return {**save(), _KEY: copy.deepcopy(ses._sent_emails)}

    def restored(data: Json) -> None:
        restore(data)
        if _KEY in data:
            ses._sent_emails.update(data[_KEY])

    ses.get_state, ses._restore_state = saved, restored
