"""The reconciler: every five minutes it finds what is owed and overdue, mends it, and counts it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from city311.domain.errors import CityError
from city311.ports import Clock, Watch
from city311.usecases.lifecycle import Lifecycle

PATIENCE = timedelta(minutes=2)
"""An execution that works hears of a change within seconds."""
LOST = timedelta(hours=2)
"""An execution that has not stored a token by then is dead, or will find itself superseded."""
BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What one run found: the health page and the alarms read these.

    ``nudged``: told again; ``renewed``: given a new generation; ``stuck``: could not be mended;
    ``messages``: past their lease; ``photos``: developed and belonging to no request.
    """

    nudged: int
    renewed: int
    stuck: int
    messages: int
    photos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciler:
    """Reads the table, not the dead letters."""

    watch: Watch
    lifecycle: Lifecycle
    clock: Clock

    def run(self) -> Counts:
        """Mend what can be mended now; what is left waits for the next run."""
        now = self.clock()
        lost = self.watch.requests_due(now - LOST, BATCH)
        late = [each for each in self.watch.requests_due(now - PATIENCE, BATCH) if each not in lost]
        nudged = self._each(late, self.lifecycle.nudge)
        renewed = self._each(lost, self.lifecycle.renew)
        return Counts(
            nudged=nudged,
            renewed=renewed,
            stuck=len(late) + len(lost) - nudged - renewed,
            messages=len(self.watch.messages_due(now, BATCH)),
            photos=len(self.watch.photos_due(now, BATCH)),
        )

    def _each(self, ids: Sequence[str], mend: Callable[[str], None]) -> int:
        """Mend each by itself: one that cannot be mended must not keep the others waiting."""
        mended = 0
        for each in ids:
            try:
                mend(each)
            except CityError:
                continue
            mended += 1
        return mended
