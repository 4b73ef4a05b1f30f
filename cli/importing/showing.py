"""What came of importing a catalogue, for people and for programs."""

from typing import Any

from rich.text import Text

from cli.importing.catalogue import Outcome
from cli.importing.report import differences, table
from cli.screen import clean, out, progress, say


def show(outcome: Outcome) -> None:
    """For a terminal."""
    names = {each.id: each.name for each in outcome.theirs.services}
    if outcome.difference is not None:
        if outcome.difference.is_empty:
            say("The server says the same as at the last import.")
        else:
            out.print(differences(outcome.difference, names))
    if not outcome.written:
        if outcome.edited:
            say(f"Edited here since: {', '.join(outcome.edited)}")
        progress(
            "Nothing was written. --force writes the folder anew; what you edited stays as FILE~."
        )
        return
    out.print(table(outcome.lines))
    counts = ", ".join(f"{what} {count}" for what, count in outcome.theirs.counts.items() if count)
    say(f"{outcome.folder}: {counts}", "green")
    out.print(Text(f"Next: read {clean(outcome.folder)}/REPORT.md, then city311 lint and publish."))


def plain(outcome: Outcome) -> dict[str, Any]:
    """For programs."""
    changed = outcome.difference
    return {
        "folder": str(outcome.folder),
        "written": outcome.written,
        "counts": outcome.theirs.counts,
        "edited": outcome.edited,
        "new": changed.new if changed else [],
        "changed": changed.changed if changed else {},
        "vanished": changed.vanished if changed else [],
        "report": [
            {
                "kind": str(line.kind),
                "words": line.words,
                "places": [where for where, _ in line.places],
            }
            for line in outcome.lines
        ],
    }
