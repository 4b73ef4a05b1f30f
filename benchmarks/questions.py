"""Every list that the Open311 contract knows, as a client asks for it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from benchmarks.town import NOW, Town

Params = Mapping[str, str]
_LONG_AGO = {"start_date": "2021-03-01T00:00:00Z", "end_date": "2021-03-31T23:59:59Z"}
_STREET, _NEIGHBOURHOOD = (0.0015, 0.0015), (0.009, 0.012)
"""Degrees of latitude and longitude either way: about 150 metres, and a kilometre."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question. ``follow``: pages to follow by their next links before the one measured.

    ``ids``: so many ids that are known, ``path``: where it is asked.
    """

    name: str
    params: Params = field(default_factory=dict)
    follow: int = 0
    ids: int = 0
    path: str = "requests"


def questions(town: Town) -> list[Asked]:
    """All of them, for this town."""
    return [*_plain(), *_services(town), *_changes(town), *_places(town), *_others(town)]


def _plain() -> Iterator[Asked]:
    yield Asked(name="default list (90 days, 1,000 rows)")
    yield Asked(name="page of 50", params={"page_size": "50"})
    yield Asked(name="page 40 of 50, by number", params={"page_size": "50", "page": "40"})
    yield Asked(name="page 40 of 50, by next links", params={"page_size": "50"}, follow=39)
    yield Asked(name="a month five years ago", params={**_LONG_AGO, "page_size": "50"})
    yield Asked(name="the same, 1,000 rows", params=_LONG_AGO)
    for status in ("open", "closed"):
        yield Asked(name=f"{status}", params={"status": status, "page_size": "50"})
        yield Asked(
            name=f"{status}, a month five years ago",
            params={**_LONG_AGO, "status": status, "page_size": "50"},
        )


def _services(town: Town) -> Iterator[Asked]:
    public = [each.service_code for each in town.services if not each.private]
    often, rare = public[0], public[-1]
    fifty = {"page_size": "50"}
    yield Asked(name="frequent service", params={"service_code": often, **fifty})
    yield Asked(name="rare service, 90 days", params={"service_code": rare, **fifty})
    for count in (3, 10, 40):
        step = max(len(public) // count, 1)
        codes = ",".join(public[::step][:count])
        yield Asked(name=f"{count} services", params={"service_code": codes, **fifty})
    tail = ",".join(public[-40:])
    yield Asked(name="the 40 rarest services", params={"service_code": tail, **fifty})
    for name, code in (("frequent", often), ("rare", rare)):
        for status in ("open", "closed"):
            params = {"service_code": code, "status": status, **fifty}
            yield Asked(name=f"{name} service, {status}", params=params)


def _changes(town: Town) -> Iterator[Asked]:
    public = [each.service_code for each in town.services if not each.private]
    spans = {"5 minutes": timedelta(minutes=5), "1 day": timedelta(1), "30 days": timedelta(30)}
    for name, span in spans.items():
        since = {"updated_after": _text(NOW - span), "page_size": "50"}
        yield Asked(name=f"updated in {name}", params=since)
        for kind, code in (("frequent", public[0]), ("rare", public[-1])):
            yield Asked(
                name=f"updated in {name}, {kind} service", params={**since, "service_code": code}
            )
        for status in ("open", "closed"):
            yield Asked(name=f"updated in {name}, {status}", params={**since, "status": status})


def _places(town: Town) -> Iterator[Asked]:
    public = [each.service_code for each in town.services if not each.private]
    city = _box(town.city.boundary[0][0])
    district = _box(town.city.districts[0].area[0][0])
    lat, long = town.hot_spot
    near, street = (_around(town.hot_spot, each) for each in (_NEIGHBOURHOOD, _STREET))
    fifty = {"page_size": "50"}
    boxes = {"whole city": city, "district": district, "neighbourhood": near, "street": street}
    for name, box in boxes.items():
        yield Asked(name=f"bbox of the {name}", params={"bbox": box, **fifty})
        yield Asked(
            name=f"bbox of the {name}, open", params={"bbox": box, "status": "open", **fifty}
        )
        for kind, code in (("frequent", public[0]), ("rare", public[-1])):
            yield Asked(
                name=f"bbox of the {name}, {kind} service",
                params={"bbox": box, "service_code": code, **fifty},
            )
    for radius in ("250", "5000"):
        circle = {"lat": f"{lat:.6f}", "long": f"{long:.6f}", "radius": radius}
        yield Asked(name=f"within {radius} m", params={**circle, **fifty})
        yield Asked(name=f"within {radius} m, open", params={**circle, "status": "open", **fifty})


def _others(town: Town) -> Iterator[Asked]:
    for kind, name in zip(("busiest", "quietest"), _agencies(town), strict=True):
        params = {"agency_responsible": name, "page_size": "50"}
        yield Asked(name=f"{kind} agency", params=params)
    for count in (1, 100, 500):
        yield Asked(name=f"{count} ids", ids=count)
    yield Asked(name="one by id", ids=1, path="request")
    for name, span in (("5 minutes", timedelta(minutes=5)), ("24 hours", timedelta(1))):
        params = {"start_date": _text(NOW - span), "end_date": _text(NOW)}
        yield Asked(name=f"updates of {name}", params=params, path="updates")


def _agencies(town: Town) -> tuple[str, str]:
    work: Counter[str] = Counter()
    for service, often in zip(town.services, town.frequency, strict=True):
        if not service.private:
            work[town.department_of(service)] += int(often * 1e6)
    ranked = [town.city.say(town.city.departments[each].name) for each, _ in work.most_common()]
    return ranked[0], ranked[-1]


def _box(ring: tuple[tuple[float, float], ...]) -> str:
    longs, lats = [point[0] for point in ring], [point[1] for point in ring]
    return f"{min(longs)},{min(lats)},{max(longs)},{max(lats)}"


def _around(at: tuple[float, float], far: tuple[float, float]) -> str:
    (lat, long), (high, wide) = at, far
    return f"{long - wide:.6f},{lat - high:.6f},{long + wide:.6f},{lat + high:.6f}"


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
