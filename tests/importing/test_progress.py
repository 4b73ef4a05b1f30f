"""What takes longer than two seconds says so: a spinner on a terminal, lines elsewhere."""

import io

from rich.console import Console

from cli.importing.progress import telling


def test_a_line_now_and_then_where_nothing_spins() -> None:
    said, now = io.StringIO(), [0.0]
    with telling(Console(file=said, width=80), lambda: now[0]) as tell:
        for now[0] in (0.5, 1.9, 2.1, 5.0, 12.2):
            tell(f"at {now[0]}")

    assert said.getvalue().split("\n") == ["at 2.1", "at 12.2", ""]


def test_a_terminal_shows_the_latest() -> None:
    said = io.StringIO()
    console = Console(file=said, force_terminal=True, width=80)
    with telling(console) as tell:
        tell("Reading definitions: 3 of 9\x1b[2J")

    assert "\x1b[2J" not in said.getvalue()
