"""Cold start of every function under AWS's runtime client, beside a floor and a twin.

CPU milliseconds of a fresh process: init (interpreter, runtime client, imports, clients), first
event, and the mean of warm events. A loopback stub answers for AWS. Run after ``make run`` has
built the layers once:  python -m benchmarks.cold_start [--rounds 5]
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmarks import twins
from benchmarks.payloads import ITEMS, PAYLOADS
from local.layout import Layout
from local.overlay.runtime_api import Invocation, RuntimeApi
from local.preparation import Tools, prepare

ROOT = Path(__file__).resolve().parents[1]
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One function to measure."""

    name: str
    handler: str
    task: Path
    layers: tuple[Path, ...]
    event: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One process: CPU milliseconds, and resident megabytes at the end."""

    init: float
    first: float
    warm: float
    resident: float


class Stub(BaseHTTPRequestHandler):
    """Answers DynamoDB, SES, SNS and Step Functions as if all went well."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Read the call, give the least valid answer."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        target = self.headers.get("X-Amz-Target", "")
        answer: dict[str, Any] = {"MessageId": "m-1"}
        if target.endswith(".GetItem"):
            pk = json.loads(body)["Key"]["pk"]["S"].partition("#")[0]
            answer = {"Item": ITEMS[pk]} if pk in ITEMS else {}
        elif target.startswith("DynamoDB"):
            answer = {"Items": [], "Count": 0} if target.endswith("Query") else {}
        out = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(out)))
        self.end_headers()
        self.wfile.write(out)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Stay silent."""


def measure(subject: Subject, tools: Tools, endpoint: str, warm: int) -> Sample:
    """Start one process, send it events, read its CPU time."""
    api = RuntimeApi()
    home = Path(tempfile.mkdtemp(prefix="city311-bench-"))
    search = [subject.task, *subject.layers, tools.runtime]
    environment = {
        **_settings(endpoint, subject.layers),
        "AWS_LAMBDA_RUNTIME_API": api.address,
        "AWS_LAMBDA_FUNCTION_NAME": subject.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "PYTHONPATH": os.pathsep.join(map(str, search)),
        "HOME": str(home),
    }
    log = (home / "log").open("wb")
    command = [str(tools.interpreter), "-S", "-m", "awslambdaric", subject.handler]
    process = subprocess.Popen(
        command, cwd=subject.task, env=environment, stdout=log, stderr=subprocess.STDOUT
    )
    pid = process.pid
    try:
        if not api.ready.wait(120) or api.init_error:
            raise RuntimeError(f"{subject.name}: {api.init_error or 'no start'!r}")
        init = _cpu(pid)
        first = _send(api, subject, pid)
        warmed = [_send(api, subject, pid) for _ in range(warm)]
        return Sample(
            init=init,
            first=first,
            warm=sum(warmed) / len(warmed),
            resident=_resident(pid),
        )
    finally:
        process.kill()
        process.wait()
        api.close()
        log.close()
        shutil.rmtree(home)


def _send(api: RuntimeApi, subject: Subject, pid: int) -> float:
    before = _cpu(pid)
    event = json.dumps(subject.event).encode()
    asked = Invocation(
        request_id=str(time.monotonic_ns()),
        event=event,
        deadline_ms=int(time.time() * 1000) + 60_000,
        function_arn=f"arn:aws:lambda:us-east-1:111122223333:function:{subject.name}",
        trace_id="Root=1-5759e988-bd862e3fe1be46a994272793",
    )
    api.hand(asked)
    if not asked.done.wait(60) or asked.failed:
        raise RuntimeError(f"{subject.name}: {asked.payload!r}")
    status = json.loads(asked.payload or b"{}") or {}
    if isinstance(status, dict) and int(status.get("statusCode", 200)) >= 400:
        raise RuntimeError(f"{subject.name}: {status}")
    return _cpu(pid) - before


def _cpu(pid: int) -> float:
    """CPU milliseconds of the process, from the scheduler (nanoseconds) where it says."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6
    except OSError:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / TICK


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_048_576


def _settings(endpoint: str, layers: tuple[Path, ...]) -> dict[str, str]:
    city = next((layer / "city.json" for layer in layers if (layer / "city.json").exists()), None)
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "TABLE_NAME": "city311",
        "CITY_FILE": str(city or ""),
        "SITE_URL": "https://city.example",
        "CODE_VERSION": "bench",
        "LIFECYCLE_VERSION": "bench",
        "STAGE": "dev",
        "QUARANTINE_BUCKET": "quarantine",
        "PHOTO_BUCKET": "photos",
        "STATE_MACHINE_ARN": "arn:aws:states:us-east-1:111122223333:stateMachine:city311",
        "CONFIGURATION_SET": "city311",
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_METRICS_NAMESPACE": "City311",
    }


def _subjects(layout: Layout, twin_folder: Path) -> list[Subject]:
    folders = [path for path in layout.assembly.glob("asset.*") if path.is_dir()]
    assets = sorted(folders, key=lambda path: path.stat().st_mtime, reverse=True)
    if not assets:
        sys.exit("Nothing was built yet: run `make run` once, stop it, and try again.")
    deps = next(a / "python" for a in assets if (a / "python" / "pydantic").exists())
    own = next(a / "python" for a in assets if (a / "python" / "city311").exists())
    city = next(a / "city" for a in assets if (a / "city" / "city.json").exists())
    made = twins.write(twin_folder)
    subjects = [
        Subject(name=name, handler="app.handle", task=folder, layers=(deps,), event=event)
        for name, (folder, event) in made.items()
    ]
    for room, (module, event) in PAYLOADS.items():
        subjects.append(
            Subject(
                name=room,
                handler=module,
                task=ROOT / "functions" / room.partition(" ")[0],
                layers=(deps, own, city),
                event=event,
            )
        )
    return subjects


def main() -> None:
    """Measure all, in turn, round by round, and print the medians."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="fresh processes of each (5)")
    parser.add_argument("--warm", type=int, default=50, help="warm events of each process (50)")
    options = parser.parse_args()
    layout = Layout(ROOT, ROOT / ".local" / "state")
    tools = prepare(layout, lambda words: print(words, file=sys.stderr))
    stub = ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    threading.Thread(target=stub.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{stub.server_address[1]}"
    with tempfile.TemporaryDirectory() as folder:
        subjects = _subjects(layout, Path(folder))
        samples: dict[str, list[Sample]] = {subject.name: [] for subject in subjects}
        for turn in range(options.rounds):
            for subject in subjects:
                print(f"\rround {turn + 1}: {subject.name:40}", end="", file=sys.stderr)
                samples[subject.name].append(measure(subject, tools, endpoint, options.warm))
    print(file=sys.stderr)
    _table(samples, tools.version)


def _table(samples: dict[str, list[Sample]], version: str) -> None:
    print(f"Python {version}; CPU ms, medians; ratio: cold against the floor")
    print(f"{'function':44}{'init':>7}{'first':>7}{'cold':>7}{'ratio':>7}{'warm':>7}{'MB':>5}")
    floor = statistics.median(s.init + s.first for s in samples[twins.FLOOR])
    for name, rows in samples.items():
        cold = statistics.median(s.init + s.first for s in rows)
        print(
            f"{name:44}{statistics.median(s.init for s in rows):7.0f}"
            f"{statistics.median(s.first for s in rows):7.1f}{cold:7.0f}{cold / floor:7.2f}"
            f"{statistics.median(s.warm for s in rows):7.2f}"
            f"{statistics.median(s.resident for s in rows):5.0f}"
        )


if __name__ == "__main__":
    main()
