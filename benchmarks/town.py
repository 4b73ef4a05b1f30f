"""Years of requests as a city has them: seasons, storms, hot spots, a long tail of open ones.

All is drawn from one seed, so two runs load the same rows. Nothing is taken from a real city.
"""

import math
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random

from city311.domain.catalogue import City, Service
from city311.domain.ids import digest, new_request_id
from city311.domain.lifecycle import Status
from city311.domain.location import inside
from city311.domain.request import Photo, Place, ServiceRequest
from city311.domain.triage import Decision, Found, Suggestion

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
YEARS = 7
_DAYS = 365 * YEARS
_STORMS_A_YEAR, _STORM = 10, 12.0
_SKEW = 1.2
"""Of 79 services the first has a quarter of all requests, the last one in a thousand."""
_HOT_SPOTS, _POINTS = 300, 4000
_METRE = 1 / 111_000
_WORDS = (
    "The hole at the corner is deep and cars swerve to get around it. Nobody has come yet. "
    "The lamp in front of the school flickers all night. El bache está frente a la panadería. "
    "Bags were left beside the bin again and the wind spreads them over the street. "
    "Water runs out of the ground and down the hill. Por favor, vengan mañana: hay niños jugando. "
)
_OPEN = (Status.ROUTED, Status.ACCEPTED, Status.IN_PROGRESS, Status.IN_TRIAGE, Status.ON_HOLD)
_NOTE = "The work is done. Thank you for telling us: the crew came on the morning after."


@dataclass(frozen=True, slots=True)
class _Choice:
    """One of many, some more often."""

    edges: list[float]

    @classmethod
    def of(cls, weights: list[float]) -> "_Choice":
        return cls(list(accumulate(weights)))

    def draw(self, dice: Random) -> int:
        return min(bisect(self.edges, dice.random() * self.edges[-1]), len(self.edges) - 1)


class Town:
    """A city's past, drawn anew for each seed."""

    def __init__(self, city: City, *, seed: int = 311) -> None:
        self.city, self._dice = city, Random(seed)
        self.services = [s for s in city.services.values() if s.active]
        self._dice.shuffle(self.services)
        self.frequency = [1 / rank**_SKEW for rank in range(1, len(self.services) + 1)]
        self._service = _Choice.of(self.frequency)
        self._storms = set(self._dice.sample(range(_DAYS), _STORMS_A_YEAR * YEARS))
        self._day = _Choice.of([self._weight_of(day) for day in range(_DAYS)])
        self._hour = _Choice.of([1 + 9 * math.exp(-(((h - 14) / 5) ** 2)) for h in range(24)])
        self._points = list(self._placed())
        self._spot = _Choice.of([1 / rank for rank in range(1, _HOT_SPOTS + 1)])
        self._text = _WORDS * 20
        self._departments = sorted(city.departments)
        self.hot_spot = self._points[0]

    def requests(self, count: int) -> Iterator[ServiceRequest]:
        """So many of them, in no order."""
        for _ in range(count):
            yield self.request(self._moment())

    def request(self, at: datetime) -> ServiceRequest:
        """One that was made then, as it stands now."""
        dice, service = self._dice, self.services[self._service.draw(self._dice)]
        status, updated = self._fate(at)
        closed = status in (Status.RESOLVED, Status.CLOSED)
        department = self.department_of(service)
        return ServiceRequest(
            service_request_id=new_request_id(dice.randbytes),
            jurisdiction_id=self.city.jurisdiction_id,
            catalogue_version=self.city.version,
            report_code=service.service_code,
            service_code=service.service_code,
            description=self._words(),
            place=self._place(),
            status=status,
            requested_at=at,
            updated_at=updated,
            entered_at=updated,
            capability_digest=digest("capability"),
            seq=2,
            head=digest("event"),
            private=service.private,
            department=None if status is Status.RECEIVED else department,
            expected_at=at + timedelta(hours=service.promise.done_hours * 3),
            decision=_decided(service, department),
            status_notes=_NOTE if closed and dice.random() < 0.7 else None,
            shown=_photos(dice) if dice.random() < 0.25 else (),
            closed_at=updated if closed else None,
        )

    def department_of(self, service: Service) -> str:
        """The one that does this work; the same in every process."""
        return self._departments[sum(map(ord, service.service_code)) % len(self._departments)]

    def _weight_of(self, day: int) -> float:
        at = NOW - timedelta(days=_DAYS - day)
        season = 1 + 0.35 * math.cos((at.timetuple().tm_yday - 100) / 365 * 2 * math.pi)
        week = 0.55 if at.weekday() >= 5 else 1.0
        storm = _STORM if day in self._storms else 1.0
        return float(season * week * storm * 1.06 ** (day / 365))

    def _moment(self) -> datetime:
        """In whole milliseconds, as the table keeps them, and not after now."""
        day, hour = self._day.draw(self._dice), self._hour.draw(self._dice)
        start = NOW.replace(hour=0) - timedelta(days=_DAYS - 1 - day)
        at = start + timedelta(hours=hour, milliseconds=self._dice.randrange(3_600_000))
        return min(at, NOW - timedelta(milliseconds=self._dice.randrange(60_000)))

    def _fate(self, at: datetime) -> tuple[Status, datetime]:
        """Half are closed within four days, most in a month; three in a hundred stay open."""
        dice, age = self._dice, NOW - at
        if dice.random() < 0.03:  # An import, or what was made this minute: never changed.
            return (Status.CLOSED if age.days > 30 else Status.RECEIVED), at
        taken = timedelta(hours=dice.lognormvariate(math.log(96), 1.3))
        if dice.random() < 0.03 or taken > age:
            last = age * dice.random() ** 3
            return dice.choice(_OPEN), _whole(at + min(last, age))
        if dice.random() < 0.15:  # Closed in bulk, a few hundred in the same minutes of a Friday.
            taken += timedelta(days=(4 - (at + taken).weekday()) % 7)
            end = (at + taken).replace(hour=17, minute=dice.randrange(5))
            return Status.CLOSED, _whole(min(max(end, at), NOW))
        return Status.CLOSED, _whole(at + taken)

    def _words(self) -> str:
        size = min(int(self._dice.lognormvariate(math.log(120), 0.8)), 4000)
        start = self._dice.randrange(400)
        return "" if self._dice.random() < 0.05 else self._text[start : start + size]

    def _place(self) -> Place:
        dice = self._dice
        if dice.random() < 0.04:
            return Place(address="12 Mill Lane", address_id=None)
        hot = dice.random() < 0.6
        lat, long = self._points[self._spot.draw(dice) if hot else dice.randrange(_POINTS)]
        lat, long = (round(each + dice.gauss(0, 40 * _METRE), 6) for each in (lat, long))
        number = dice.randrange(1, 2400)
        address_id = f"A-{number:07}" if dice.random() < 0.4 else None
        return Place(lat=lat, long=long, address=f"{number} Juniper Street", address_id=address_id)

    def _placed(self) -> Iterator[tuple[float, float]]:
        ring = self.city.boundary[0][0]
        longs, lats = [point[0] for point in ring], [point[1] for point in ring]
        found = 0
        while found < _POINTS:
            long = self._dice.uniform(min(longs), max(longs))
            lat = self._dice.uniform(min(lats), max(lats))
            if inside(self.city.boundary, lat=lat, long=long):
                found += 1
                yield lat, long


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _photos(dice: Random) -> tuple[Photo, ...]:
    folder = f"photos/{dice.randrange(16**32):032x}"
    made = {size: f"{folder}/{size}.jpg" for size in ("thumb", "medium", "large")}
    return (Photo(photo_id=f"{dice.randrange(10**26):026}", **made),)


def _decided(service: Service, department: str) -> Decision:
    return Decision(
        found=Found.CHOSEN,
        service_code=service.service_code,
        priority=service.priority,
        department=department,
        route_reason="The work of this department in every district.",
        reasons=("The resident chose this service.",),
        suggestions=(Suggestion(service_code=service.service_code, confidence=900, words=()),),
    )
