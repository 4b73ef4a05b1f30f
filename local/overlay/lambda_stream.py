"""Bridge: a table's stream is read as Lambda reads it: in order, with retries, halves and parts."""

import threading
import time
from collections import deque
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import dynamodb, lambda_svc

from local.overlay.settings import Settings

Json = dict[str, Any]
_LONGEST_PAUSE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Piece:
    """Records that are tried together, and how often that failed."""

    records: list[Json]
    tries: int = 0


@dataclass(slots=True)
class Reader:
    """What one mapping has read and not finished."""

    waiting: deque[Piece] = field(default_factory=deque)
    position: int = 0
    not_before: float = 0.0
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """One event source mapping on a table's stream."""

    mapping: Json
    table: str
    function: Json

    def setting(self, name: str, default: int) -> int:
        """A number of the mapping."""
        value = self.mapping.get(name)
        return default if value is None else int(value)


def retried(piece: Piece, failed_at: int | None, *, halves: bool) -> list[Piece]:
    """What to try instead of a piece that failed as a whole (None) or from one record on."""
    records = piece.records
    if failed_at:
        return [Piece(records[failed_at:], piece.tries + 1)]
    if halves and len(records) > 1 and failed_at is None:
        middle = (len(records) + 1) // 2
        return [Piece(records[:middle], piece.tries), Piece(records[middle:], piece.tries)]
    return [Piece(records, piece.tries + 1)]


def first_failure(records: list[Json], body: Any) -> int | None:
    """Where processing stopped; len(records) when nothing failed, None when everything did."""
    failures = (body or {}).get("batchItemFailures") if isinstance(body, dict | None) else None
    if not failures:
        return len(records)
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    try:
        return min(numbers.index(failure["itemIdentifier"]) for failure in failures)
    except (ValueError, KeyError, TypeError):
        return None


class Streams:
    """All readers. `poll` is called again and again by the emulator's own loop."""

    def __init__(self) -> None:
        self._readers: dict[str, Reader] = {}

    def poll(self) -> bool:
        """Start a thread for each mapping that has something to do and does nothing yet."""
        for account, region, mapping in lambda_svc._iter_all_esms():
            with request_scope(account, region):
                source = _source(mapping)
                if source is not None:
                    self._wake(source)
        return False

    def _wake(self, source: Source) -> None:
        reader = self._readers.setdefault(source.mapping["UUID"], Reader())
        if reader.busy or time.time() < reader.not_before:
            return
        if not reader.waiting and not self._fetch(source, reader):
            return
        reader.busy = True
        work = copy_context().run
        threading.Thread(target=work, args=(self._work, source, reader), daemon=True).start()

    @staticmethod
    def _fetch(source: Source, reader: Reader) -> bool:
        """Read the next batch; filtered records are passed over."""
        known = lambda_svc._dynamodb_stream_positions
        identity, size = source.mapping["UUID"], source.setting("BatchSize", 100)
        horizon = dynamodb.stream_start_position(source.table)
        latest = dynamodb.stream_end_position(source.table)
        start = horizon if source.mapping.get("StartingPosition") == "TRIM_HORIZON" else latest
        with lambda_svc._dynamodb_stream_positions_lock:
            position = max(known.setdefault(identity, start), horizon)
            records = dynamodb.stream_records_since(source.table, position, size)
            reader.position = position + len(records)
            wanted = lambda_svc._apply_filter_criteria(records, source.mapping)
            if not wanted:
                known[identity] = reader.position
                return False
        reader.waiting.append(Piece(wanted))
        return True

    def _work(self, source: Source, reader: Reader) -> None:
        try:
            while reader.waiting:
                pause = self._try(source, reader)
                if pause:
                    reader.not_before = time.time() + pause
                    return
                if not reader.waiting:
                    with lambda_svc._dynamodb_stream_positions_lock:
                        lambda_svc._dynamodb_stream_positions[source.mapping["UUID"]] = (
                            reader.position
                        )
                    self._fetch(source, reader)
        finally:
            reader.busy = False
            lambda_svc._esm_wake.set()

    def _try(self, source: Source, reader: Reader) -> float:
        """Try the first piece once; how long to wait before the next try."""
        piece = reader.waiting.popleft()
        result = lambda_svc._execute_function(source.function, {"Records": piece.records})
        parts = "ReportBatchItemFailures" in source.mapping.get("FunctionResponseTypes", [])
        failed_at = None if result.get("error") else len(piece.records)
        if parts and not result.get("error"):
            failed_at = first_failure(piece.records, result.get("body"))
        if failed_at == len(piece.records):
            return 0.0
        halves = bool(source.mapping.get("BisectBatchOnFunctionError"))
        again = retried(piece, failed_at, halves=halves)
        why = _given_up(source, again[0])
        if why is not None:
            lambda_svc._send_ddb_stream_failure_record(
                source.mapping,
                source.function,
                again[0].records,
                source.mapping["EventSourceArn"],
                result,
                why,
            )
            return 0.0
        reader.waiting.extendleft(reversed(again))
        return min(_LONGEST_PAUSE_SECONDS, 0.2 * 2 ** again[0].tries) if again[0].tries else 0.0


def _given_up(source: Source, piece: Piece) -> str | None:
    limit = source.setting("MaximumRetryAttempts", -1)
    if 0 <= limit < piece.tries:
        return "RetryAttemptsExhausted"
    age = source.setting("MaximumRecordAgeInSeconds", -1)
    oldest = min(
        float(record["dynamodb"]["ApproximateCreationDateTime"]) for record in piece.records
    )
    return "MaxRecordAgeExceeded" if 0 < age < time.time() - oldest else None


def _source(mapping: Json) -> Source | None:
    arn = str(mapping.get("EventSourceArn", ""))
    if not mapping.get("Enabled", True) or ":dynamodb:" not in arn:
        return None
    table = arn.split(":table/", 1)[-1].split("/stream/")[0]
    known = dynamodb._tables.get(table)
    if not known or known.get("LatestStreamArn") != arn:
        return None
    name, qualifier = mapping["FunctionName"], mapping.get("Qualifier")
    record, config = lambda_svc._get_func_record_for_qualifier(name, qualifier)
    if record is None or config is None:
        return None
    return Source(mapping, table, lambda_svc._execution_record_for_config(record, config))


def apply(settings: Settings) -> None:
    """Read streams here instead of in the emulator's own loop."""
    lambda_svc._poll_dynamodb_streams = Streams().poll
