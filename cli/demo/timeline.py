"""The demo as a timeline: what happened, when, how long it took, and where to look at it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from rich.console import Console
from rich.text import Text

from cli.screen import clean


@dataclass(slots=True, kw_only=True)
class Scene:
    """One line of the timeline, filled while it happens. Times are seconds since the start."""

    title: str
    at: float
    took: float = 0.0
    facts: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)

    def fact(self, text: str) -> None:
        """Something that was seen to be true."""
        self.facts.append(text)

    def link(self, label: str, address: str) -> None:
        """Where to look at it."""
        self.links.append((label, address))

    def plain(self) -> dict[str, Any]:
        """The scene for programs."""
        return {
            "at": round(self.at, 3),
            "took": round(self.took, 3),
            "title": self.title,
            "facts": list(self.facts),
            "links": dict(self.links),
        }


class Teller(Protocol):
    """Who shows the scenes."""

    def beginning(self, scene: Scene) -> None:
        """It has begun."""

    def ended(self, scene: Scene) -> None:
        """It came true."""

    def failed(self, scene: Scene) -> None:
        """It did not."""


class Timeline:
    """All scenes so far."""

    def __init__(self, teller: Teller, clock: Callable[[], float] = time.monotonic) -> None:
        self._teller, self._clock, self._began = teller, clock, clock()
        self.scenes: list[Scene] = []

    @property
    def seconds(self) -> float:
        """Since the start."""
        return self._clock() - self._began

    @contextmanager
    def scene(self, title: str) -> Iterator[Scene]:
        """Show one scene while and after it happens."""
        scene = Scene(title=title, at=self.seconds)
        self._teller.beginning(scene)
        try:
            yield scene
        except BaseException:
            scene.took = self.seconds - scene.at
            self._teller.failed(scene)
            raise
        scene.took = self.seconds - scene.at
        self.scenes.append(scene)
        self._teller.ended(scene)


class Screen:
    """Tells on a terminal: one line a scene, its facts and links below."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Any = None

    def beginning(self, scene: Scene) -> None:
        """A spinner while it lasts; nothing where nothing can spin."""
        if self._console.is_terminal:
            self._status = self._console.status(Text(scene.title))
            self._status.start()

    def ended(self, scene: Scene) -> None:
        """The scene with all that was seen."""
        self._quiet()
        self._line(scene, "✓", "bold green")

    def failed(self, scene: Scene) -> None:
        """The scene that was not to be."""
        self._quiet()
        self._line(scene, "✗", "bold red")

    def _line(self, scene: Scene, mark: str, style: str) -> None:
        when = f"{scene.at + scene.took:7.2f} s  "
        line = Text.assemble((when, "cyan"), (f"{mark} ", style), (clean(scene.title), "bold"))
        self._console.print(line, soft_wrap=True)
        indent = " " * len(when)
        for fact in scene.facts:
            self._console.print(Text(f"{indent}  {clean(fact)}"), soft_wrap=True)
        for label, address in scene.links:
            shown = Text.assemble(f"{indent}  ", (f"{label}: ", "dim"), (clean(address), "blue"))
            self._console.print(shown, soft_wrap=True)

    def _quiet(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None
