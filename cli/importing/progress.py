"""Progress of what takes long: a spinner on a terminal, a line now and then elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

from cli.screen import clean, err

_EVERY_SECONDS = 10.0
_FIRST_SECONDS = 2.0


@contextmanager
def telling(
    console: Console = err, clock: Callable[[], float] = time.monotonic
) -> Iterator[Callable[[str], None]]:
    """Gives a function that says what is going on; what is over within two seconds says nothing."""
    if console.is_terminal:
        with console.status(Text("Asking the server")) as status:
            yield lambda text: status.update(Text(clean(text)))
        return
    due = clock() + _FIRST_SECONDS

    def said(text: str) -> None:
        nonlocal due
        if clock() >= due:
            console.print(Text(clean(text), style="dim"))
            due = clock() + _EVERY_SECONDS

    yield said
