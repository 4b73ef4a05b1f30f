"""The six functions: where their code is, how much machine they get, whom their failure harms."""

from infra.function import Room

ROOMS: dict[str, Room] = {
    room.name: room
    for room in (
        Room(
            name="intake",
            folder="intake",
            handler="app.app",
            harm="residents cannot report",
            timeout_s=20,
            at_the_door=True,
        ),
        Room(
            name="photo",
            folder="intake",
            handler="photo.handle",
            harm="photos are not published",
            memory_mb=1536,
            timeout_s=60,
            photos=True,
        ),
        Room(
            name="status",
            folder="status",
            handler="app.app",
            harm="residents and staff cannot see where requests stand",
            timeout_s=20,
            at_the_door=True,
        ),
        Room(
            name="lifecycle",
            folder="lifecycle",
            handler="handler.handle",
            harm="requests do not move",
            timeout_s=120,
        ),
        Room(
            name="triage",
            folder="triage",
            handler="handler.handle",
            harm="requests are not triaged",
        ),
        Room(
            name="notify",
            folder="notify",
            handler="handler.handle",
            harm="residents are not told",
        ),
    )
}
"""By name, in the order a request walks through them."""
