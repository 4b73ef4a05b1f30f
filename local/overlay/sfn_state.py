"""One Task state of one execution: what it calls, as whom, with what, for how long."""

from dataclasses import dataclass
from typing import Any

from ministack.services import stepfunctions as sfn

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """One Task state of one execution, with its input."""

    state: Json
    raw: Any
    execution: Json
    context: Json

    @property
    def resource(self) -> str:
        """What it calls."""
        return str(self.state.get("Resource", ""))

    @property
    def role(self) -> str:
        """As whom."""
        machine = sfn._state_machines[self.execution["stateMachineArn"]]
        return str(machine["roleArn"])

    def parameters(self) -> Any:
        """What it hands over, with this attempt's token and retry count."""
        chosen = sfn._apply_input_path(self.state, self.raw, self.context)
        return sfn._apply_parameters(self.state, chosen, self.context)

    def seconds(self, name: str) -> float | None:
        """TimeoutSeconds or HeartbeatSeconds, fixed or read from the input."""
        if name in self.state:
            return float(self.state[name])
        path = self.state.get(f"{name}Path")
        if path is None:
            return None
        found = sfn._resolve_path_or_ctx(path, self.raw, self.context)
        if not isinstance(found, int | float) or found <= 0:
            cause = f"The {name}Path parameter does not reference a positive number: {path}"
            raise sfn._ExecutionError("States.Runtime", cause)
        return float(found)

    def finished(self, result: Any) -> tuple[Any, str | None]:
        """The state's output and the next state."""
        selected = sfn._apply_result_selector(self.state, result)
        output = sfn._apply_result_path(self.state, self.raw, selected)
        return sfn._apply_output_path(self.state, output, self.context), sfn._next_or_end(
            self.state
        )
