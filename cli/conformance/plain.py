"""A report for programs."""

from typing import Any

from cli.conformance.model import Result
from cli.conformance.summary import Report, Standing

FORMAT = 1
"""Moves when a key is renamed or removed; new keys may come at any time."""


def as_plain(report: Report) -> dict[str, Any]:
    """The whole report, in values that JSON has."""
    return {
        "format": FORMAT,
        "endpoint": report.endpoint,
        "began": report.began,
        "seconds": round(report.seconds, 1),
        "calls": report.calls,
        "formats": list(report.formats),
        "passed": report.passed,
        "counts": {str(verdict): count for verdict, count in report.counts.items()},
        "levels": {
            str(level): {str(verdict): count for verdict, count in counts.items()}
            for level, counts in report.by_level().items()
        },
        "clients": [_client(standing) for standing in report.clients()],
        "rules": [_rule(result) for result in report.results],
        "filed": [
            {"service_request_id": each.service_request_id, "rule": each.rule}
            for each in report.filed
        ],
    }


def _client(standing: Standing) -> dict[str, Any]:
    return {
        "client": str(standing.client),
        "works": standing.works,
        "words": standing.words,
        "broken": list(standing.broken),
        "stumbles": list(standing.stumbles),
        "not_looked_at": list(standing.unseen),
    }


def _rule(result: Result) -> dict[str, Any]:
    return {
        "id": result.rule.id,
        "level": str(result.rule.level),
        "statement": result.rule.statement,
        "verdict": str(result.verdict),
        "words": result.words,
        "by_hand": list(result.by_hand),
        "remarks": [
            {"words": each.words, "clients": [str(client) for client in each.clients]}
            for each in result.warnings
        ],
        "evidence": [
            {
                "request": look.request,
                "expected": look.expected,
                "came": look.came,
                "holds": look.holds,
            }
            for look in result.looks
        ],
        "calls": result.calls,
        "seconds": round(result.seconds, 3),
    }
