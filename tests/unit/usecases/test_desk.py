"""The staff desk: who may see what, and who may do what to whose work."""

from itertools import product

import pytest

from city311.domain.audit import Actor
from city311.domain.effects import CommandFields
from city311.domain.errors import (
    Conflict,
    Forbidden,
    ForbiddenTransition,
    InvalidInput,
    NotFound,
)
from city311.domain.lifecycle import STEPS, Command, Role, Status
from city311.domain.outcomes import OutcomeKind
from city311.domain.request import ServiceRequest
from city311.usecases.desk import MAX_ROWS
from tests.builders import FIELDS, ID, a_request, a_worker, an_actor, an_id, an_outcome
from tests.towns import TOWN
from tests.unit.usecases.town import Town

C, S, R = Command, Status, Role
STAFF = (R.AGENT, R.DEPARTMENT, R.SUPERVISOR, R.AUDITOR, R.ADMIN)
NOBODY = (R.RESIDENT, R.PARTNER, R.SYSTEM)


def refusal(
    command: Command, source: Status, role: Role, department: str
) -> type[Exception] | None:
    """How somebody of this role and department is refused; the work is Streets'."""
    step = STEPS.get((command, source))
    if role in NOBODY:
        return Forbidden
    if role is R.DEPARTMENT and department != "streets":
        return NotFound
    if step is None:
        return ForbiddenTransition
    return None if role in step.roles else Forbidden


@pytest.mark.parametrize("source", Status)
def test_each_role_takes_its_own_steps_on_its_own_work_and_no_other(source: Status) -> None:
    town = Town()
    before = town.put(a_request(source, department="streets"))
    for command, role, department in product(Command, Role, ("streets", "water")):
        actor = an_actor(role, "somebody", department)
        expected = refusal(command, source, role, department)
        if expected:
            with pytest.raises(expected):
                town.desk.command(actor, ID, command, FIELDS)
            assert town.get(ID) == before
        else:
            after = town.desk.command(actor, ID, command, FIELDS)
            assert after.status is STEPS[command, source].target
            town = Town()
            town.put(before)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("department", ["streets", "water"])
def test_a_request_is_seen_by_whose_work_it_is_and_by_who_looks_over_all(
    town: Town, role: Role, department: str
) -> None:
    request = town.put(a_request(S.ROUTED, private=True))
    actor = an_actor(role, "somebody", department)
    sees = role in STAFF and (role is not R.DEPARTMENT or department == "streets")

    if sees:
        assert town.desk.view(actor, ID) == request
        assert len(town.desk.events(actor, ID)) == 1
        assert town.desk.updates(actor, ID) == ()
    else:
        with pytest.raises(NotFound):
            town.desk.view(actor, ID)
        with pytest.raises(NotFound):
            town.desk.updates(actor, ID)
        with pytest.raises(NotFound):
            town.desk.events(actor, ID)


def test_foreign_work_looks_like_an_unknown_number(town: Town) -> None:
    town.put(a_request(S.ROUTED))
    duplicate = CommandFields(outcome=an_outcome(OutcomeKind.DUPLICATE, duplicate_of=an_id(50)))

    def said(service_request_id: str) -> list[str]:
        found = []
        for verb in (
            lambda: town.desk.view(a_worker("water"), service_request_id),
            lambda: town.desk.events(a_worker("water"), service_request_id),
            lambda: town.desk.command(a_worker("water"), service_request_id, C.ACCEPT, FIELDS),
            lambda: town.desk.command(a_worker("water"), service_request_id, C.RESOLVE, duplicate),
        ):
            with pytest.raises(NotFound) as refused:
                verb()
            found.append(refused.value.message)
        return found

    assert said(ID) == said(an_id(99))


def test_work_before_triage_is_nobodys_department(town: Town) -> None:
    town.put()

    with pytest.raises(NotFound):
        town.desk.view(a_worker(), ID)


QUEUES = ("triage", *TOWN.departments)


@pytest.mark.parametrize("role", Role)
def test_a_queue_is_seen_by_whose_it_is_and_by_who_looks_over_all(town: Town, role: Role) -> None:
    actor = an_actor(role, "somebody", *(["streets"] if role is R.DEPARTMENT else []))

    for queue in QUEUES:
        if role in NOBODY or (role is R.DEPARTMENT and queue != "streets"):
            with pytest.raises(Forbidden):
                town.desk.queue(actor, queue, limit=10, after=None)
        else:
            assert town.desk.queue(actor, queue, limit=10, after=None).rows == ()


@pytest.mark.parametrize("queue", ["", "nobody", "Streets"])
def test_there_is_no_other_queue(town: Town, queue: str) -> None:
    with pytest.raises(NotFound):
        town.desk.queue(an_actor(), queue, limit=10, after=None)


def in_queue(town: Town, queue: str) -> list[str]:
    rows = town.desk.queue(an_actor(), queue, limit=10, after=None).rows
    return [row.service_request_id for row in rows]


def test_work_moves_from_queue_to_queue_with_each_step(town: Town) -> None:
    town.put(a_request(S.ROUTED))
    assert in_queue(town, "streets") == [ID]

    town.desk.command(a_worker(), ID, C.REASSIGN, FIELDS)
    assert (in_queue(town, "streets"), in_queue(town, "water")) == ([], [ID])

    town.desk.command(a_worker("water"), ID, C.RETURN, FIELDS)
    assert (in_queue(town, "water"), in_queue(town, "triage")) == ([], [ID])

    town.desk.command(an_actor(R.AGENT), ID, C.TRIAGE, FIELDS)
    assert (in_queue(town, "triage"), in_queue(town, "water")) == ([], [ID])

    town.desk.command(a_worker("water"), ID, C.ACCEPT, FIELDS)
    town.desk.command(a_worker("water"), ID, C.RESOLVE, FIELDS)
    assert [in_queue(town, queue) for queue in QUEUES] == [[]] * len(QUEUES)


@pytest.mark.parametrize(("limit", "rows"), [(-5, 1), (0, 1), (2, 2), (MAX_ROWS + 1, 5)])
def test_a_page_has_a_row_at_least_and_a_hundred_at_most(town: Town, limit: int, rows: int) -> None:
    for number in range(5):
        town.put(a_request(S.ROUTED, service_request_id=an_id(number)))

    page = town.desk.queue(an_actor(), "streets", limit=limit, after=None)

    assert len(page.rows) == rows


def test_a_page_goes_on_where_the_last_one_ended(town: Town) -> None:
    for number in range(5):
        town.put(a_request(S.ROUTED, service_request_id=an_id(number)))
    first = town.desk.queue(a_worker(), "streets", limit=3, after=None)

    second = town.desk.queue(a_worker(), "streets", limit=3, after=first.cursor)

    ids = [row.service_request_id for row in (*first.rows, *second.rows)]
    assert sorted(ids) == sorted(an_id(number) for number in range(5))
    assert second.cursor is None


def test_a_duplicate_must_be_of_a_request_that_exists(town: Town) -> None:
    town.put(a_request(S.ACCEPTED))
    fields = CommandFields(outcome=an_outcome(OutcomeKind.DUPLICATE, duplicate_of=an_id(2)))

    with pytest.raises(InvalidInput) as refused:
        town.desk.command(a_worker(), ID, C.RESOLVE, fields)
    assert [each.field for each in refused.value.problems] == ["duplicate_of"]

    town.put(a_request(service_request_id=an_id(2)))
    after = town.desk.command(a_worker(), ID, C.RESOLVE, fields)
    assert after.outcome == fields.outcome


def test_of_two_who_act_at_once_one_is_told_to_read_again(town: Town) -> None:
    """Both read the same request; the second writes on what is no longer there."""
    stale = town.put(a_request(S.ROUTED))
    town.desk.command(a_worker(), ID, C.ACCEPT, FIELDS)

    class Late:
        def get(self, _: str) -> ServiceRequest:
            return stale

        def change(self, change: object) -> None:
            town.requests.change(change)

    late = Town(requests=Late())
    with pytest.raises(Conflict):
        late.desk.command(an_actor(subject="somebody else"), ID, C.START, FIELDS)

    assert town.get(ID).status is S.ACCEPTED
    assert len(town.requests.events(ID)) == 2
    assert town.wrong(ID) is None


def test_every_command_is_an_event_of_who_gave_it(town: Town) -> None:
    town.put(a_request(S.ROUTED))
    lead = Actor(role=R.SUPERVISOR, subject="lead-1")

    town.desk.command(lead, ID, C.ACCEPT, CommandFields(assignee="crew-7"))

    event = town.desk.events(an_actor(R.AUDITOR), ID)[-1]
    assert (event.role, event.subject, event.action) == ("supervisor", "lead-1", "accept")
    assert town.get(ID).assignee == "crew-7"
