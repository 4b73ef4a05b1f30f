"""Bridge: running executions outlive a restart of the emulator, with the tokens they gave out."""

import threading
import time
from typing import Any

from ministack import app
from ministack.core.responses import request_scope
from ministack.services import stepfunctions as sfn

from local.overlay.settings import Settings
from local.overlay.sfn_executions import run

Json = dict[str, Any]
_SETTLE_SECONDS = 1.0


def restore(original: Any, data: Json) -> Any:
    """Executions that ran when the emulator stopped go on where they were."""
    executions = (data or {}).get("executions", {})
    running = [
        entry
        for entry in getattr(executions, "all_items", list)()
        if entry[1]["status"] == "RUNNING"
    ]
    for _, execution in running:
        execution["status"] = "SUSPENDED"
    answer = original(data)
    for (account, region, _), execution in running:
        execution["status"] = "RUNNING"
        if "waiting" in execution:
            execution["resumed"] = execution.pop("waiting")
        threading.Thread(target=_resume, args=(account, region, execution), daemon=True).start()
    return answer


def _resume(account: str, region: str, execution: Json) -> None:
    while app._MAIN_LOOP is None or not app._MAIN_LOOP.is_running():
        time.sleep(0.2)
    time.sleep(_SETTLE_SECONDS)  # every service has read its state by then
    with request_scope(account, region):
        run(execution["executionArn"])


def apply(settings: Settings) -> None:
    """Read executions back as what they were."""
    original = sfn._restore_state
    sfn._restore_state = lambda data: restore(original, data)
