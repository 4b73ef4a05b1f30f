"""Bridge: a function runs under AWS's runtime client, in a process that sees its own."""

import atexit
import json
from pathlib import Path
from typing import Any

from ministack.core.lambda_runtime import execution_credentials
from ministack.services import lambda_svc

from local.overlay.lambda_code import Files, Shelf, Sources
from local.overlay.lambda_pool import Pool
from local.overlay.lambda_worker import Spec
from local.overlay.runtime_api import Invocation, problem
from local.overlay.settings import Settings

_REQUEST_LIMIT = 6 * 1024 * 1024
_TRIES = 3


class Executor:
    """Takes the place of the emulator's own worker for Python functions."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._shelf = Shelf(settings.state / "code", Sources(settings.state / "sources.json"))
        self._pool = Pool(settings.workers)
        atexit.register(self._pool.close)

    def __call__(self, record: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        """One invocation, in the emulator's terms: body, log, error."""
        config = record.get("config") or record
        payload = json.dumps(event).encode()
        if len(payload) > _REQUEST_LIMIT:
            return _result(
                problem(
                    "RequestEntityTooLargeException", "Request must be smaller than 6291456 bytes"
                ),
                "",
                failed=True,
            )
        layers = [lambda_svc._resolve_layer_zip(layer) for layer in config.get("Layers") or []]
        files = self._shelf.files(record["code_zip"], [layer for layer in layers if layer])
        spec = self._spec(config, files)
        invocation = Invocation(
            request_id=request_id,
            event=payload,
            deadline_ms=0,
            function_arn=str(config["FunctionArn"]),
            trace_id=str(lambda_svc._xray_trace_id_for_invocation(config) or ""),
        )
        for _ in range(_TRIES):
            answer = self._run(spec, invocation)
            if answer is not None:
                return answer
        return _result(problem("Runtime.ExitError", "No process stays alive."), "", failed=True)

    def _run(self, spec: Spec, invocation: Invocation) -> dict[str, Any] | None:
        """One try; None when the process had died before it began."""
        name = invocation.function_arn
        worker = self._pool.acquire(name, spec)
        if worker is None:
            message = "Rate Exceeded."
            return dict(lambda_svc._throttle_response("ConcurrentInvocationLimitExceeded", message))
        try:
            begun = worker.invoke(invocation)
            log = worker.take_log()
        finally:
            self._pool.release(name, worker)
        return _result(invocation.payload, log, failed=invocation.failed) if begun else None

    def _spec(self, config: dict[str, Any], files: Files) -> Spec:
        settings = self._settings
        return Spec(
            interpreter=settings.interpreter,
            handler=config["Handler"],
            task=files.task,
            opt=files.opt,
            runtime=settings.runtime,
            environment=tuple(sorted(self._environment(config, files.opt).items())),
            memory_mb=int(config.get("MemorySize", 128)),
            timeout_seconds=float(config.get("Timeout", 3)),
        )

    def _environment(self, config: dict[str, Any], opt: Path) -> dict[str, str]:
        """The template's variables, what Lambda adds, and the way to the emulator."""
        variables = lambda_svc._runtime_env_vars(config)
        declared = {key: _mounted(value, opt) for key, value in variables.items()}
        name = config["FunctionName"]
        group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}"
        version = str(config.get("Version", "$LATEST"))
        return {
            **declared,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{config['Runtime']}",
            "AWS_REGION": self._settings.region,
            "AWS_DEFAULT_REGION": self._settings.region,
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_VERSION": version,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.get("MemorySize", 128)),
            "AWS_LAMBDA_LOG_GROUP_NAME": group,
            "AWS_LAMBDA_LOG_STREAM_NAME": f"[{version}]local",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_ENDPOINT_URL": self._settings.endpoint,
            "AWS_ENDPOINT_URL_S3": self._settings.site,
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "PYTHONDONTWRITEBYTECODE": "1",
            **execution_credentials(config),
        }


def _mounted(value: str, opt: Path) -> str:
    """Layers are not mounted at /opt here: what is named there is in a folder of its own."""
    return str(opt / value.removeprefix("/opt/")) if value.startswith("/opt/") else value


def _result(payload: bytes, log: str, *, failed: bool) -> dict[str, Any]:
    body = json.loads(payload or b"null")
    return {"body": body, "log": log, "error": True} if failed else {"body": body, "log": log}


def apply(settings: Settings) -> None:
    """Put the executor in place of the emulator's."""
    lambda_svc._execute_function_warm = Executor(settings)
