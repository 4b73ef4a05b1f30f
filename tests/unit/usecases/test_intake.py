"""A report comes in: it is accepted whole and once, or refused with every reason, and not kept."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from city311.adapters.memory import MemoryRequests, MemoryTable
from city311.domain.audit import GENESIS, canonical
from city311.domain.errors import (
    CityError,
    Conflict,
    IdempotencyMismatch,
    InvalidInput,
    NotFound,
    Stopped,
    Unavailable,
)
from city311.domain.ids import commitment, digest
from city311.domain.lifecycle import Status
from city311.domain.request import Place
from city311.ports import Acceptance, Accepted
from city311.usecases.checking import (
    MAX_DESCRIPTION,
    MAX_FIELD,
    MAX_PHOTOS,
    MAX_SENDER_FIELDS,
    checked,
)
from tests.builders import EMAIL, NOON, PHONE, LoadedDice, SeededDice, a_report, an_actor
from tests.towns import POTHOLE, TOWN, a_city, a_question, a_service, with_service
from tests.unit.usecases.town import Town

INSIDE = Place(lat=40.02, long=-75.08)


def refusal(town: Town, **changes: Any) -> dict[str, str]:
    """Which fields are refused and why; nothing may be stored."""
    with pytest.raises(InvalidInput) as refused:
        town.file(**changes)
    assert town.empty()
    assert all(each.advice for each in refused.value.problems)
    return {each.field: each.reason for each in refused.value.problems}


# Accepted -----------------------------------------------------------------------------------------


def test_an_accepted_report_is_a_request_that_stands_at_the_beginning(town: Town) -> None:
    filed = town.file(first_name="Ada", language="es", channel="web", answers={"1": ("no",)})

    request = town.get(filed.service_request_id)
    assert filed.new
    assert request.status is Status.RECEIVED
    assert (request.service_code, request.report_code) == ("pothole", "pothole")
    assert request.requested_at == request.updated_at == request.entered_at == NOON
    assert request.expected_at == NOON + timedelta(days=7)
    assert request.place == Place(lat=40.02, long=-75.08, district="west")
    assert (request.generation, request.round, request.turn, request.seq) == (1, 1, 1, 1)
    assert (request.jurisdiction_id, request.catalogue_version) == (
        "larkmere.example",
        "catalogue-1",
    )
    assert (request.language, request.channel) == ("es", "web")
    assert request.answers == {"1": ("no",)}
    assert town.reading.public(filed.service_request_id).service_name == "Pothole"
    assert town.watched() == (filed.service_request_id,)


def test_contact_data_lies_apart_and_only_there(town: Town) -> None:
    contact: dict[str, Any] = {
        "email": EMAIL,
        "phone": PHONE,
        "first_name": "Ada",
        "last_name": "Lovelace",
        "device_id": "device-7",
        "account_id": "account-7",
    }

    filed = town.file(**contact)

    resident = town.residents.get(filed.service_request_id)
    assert resident is not None
    assert {name: getattr(resident, name) for name in contact} == contact
    kept = repr(town.get(filed.service_request_id))
    assert not [value for value in contact.values() if value in kept]


def test_the_first_event_says_what_was_accepted_and_holds_no_word_of_the_resident(
    town: Town,
) -> None:
    filed = town.intake.submit(
        a_report(description="Zelda's hole", phone=PHONE, first_name="Zelda"),
        key=None,
        actor=an_actor(subject="agent-1"),
    )

    (event,) = town.requests.events(filed.service_request_id)
    resident = town.residents.get(filed.service_request_id)
    assert resident is not None
    assert (event.seq, event.prev, event.action) == (1, GENESIS, "receive")
    assert (event.role, event.subject) == ("admin", "agent-1")
    assert event.details["to"] == "received"
    assert event.details["promised"] == "2026-11-10T17:00:00.000Z"
    assert event.details["description"] == commitment(resident.commitment_key, "Zelda's hole")
    assert event.details["contact"] == commitment(resident.commitment_key, f"{EMAIL}\n{PHONE}")
    said = canonical([event.details, event.subject]).decode()
    assert not [word for word in ("Zelda", EMAIL, PHONE, resident.capability) if word in said]
    assert town.wrong(filed.service_request_id) is None


def test_the_capability_opens_the_private_page_and_is_stored_as_a_digest(town: Town) -> None:
    filed = town.file()

    assert filed.capability is not None
    assert len(filed.capability) == 26
    request = town.get(filed.service_request_id)
    assert request.capability_digest == digest(filed.capability)
    assert town.reading.private(filed.service_request_id, filed.capability)


def test_the_secrets_of_a_request_are_different_ones(town: Town) -> None:
    resident = town.residents.get(town.file().service_request_id)

    assert resident is not None
    assert resident.capability != resident.commitment_key


def test_a_private_service_makes_a_private_request(town: Town) -> None:
    filed = town.file(service_code="noise")

    assert town.get(filed.service_request_id).private
    with pytest.raises(NotFound):
        town.reading.public(filed.service_request_id)


def test_an_address_alone_says_where(town: Town) -> None:
    for place in (Place(address="12 Mill Lane"), Place(address_id="A-12")):
        filed = town.file(place=place)

        assert town.get(filed.service_request_id).place == place


def test_half_a_point_beside_an_address_is_left_out(town: Town) -> None:
    filed = town.file(place=Place(lat=40.02, address="12 Mill Lane"))

    assert town.get(filed.service_request_id).place == Place(address="12 Mill Lane")


def test_a_point_is_kept_to_six_decimals_and_finds_its_district(town: Town) -> None:
    report = a_report(place=Place(lat=40.0200004, long=-75.0200004))
    kept = Place(lat=40.02, long=-75.02, district="east")

    assert checked(report, TOWN)[1].place == kept
    assert town.get(town.file(report).service_request_id).place == kept


def test_what_the_sender_added_is_kept(town: Town) -> None:
    filed = town.file(sender={"requestor": "app"}, answers={"99": ("a", "b"), "2": ("unasked",)})

    assert town.get(filed.service_request_id).sender == {
        "requestor": "app",
        "attribute[99]": "a, b",
        "attribute[2]": "unasked",
    }


def test_text_is_tidied_and_not_changed(town: Town) -> None:
    filed = town.file(
        description="  a\r\nb\rc \n",
        email=f" {EMAIL} ",
        phone="+1 (555) 014-2",
        service_code=" tree ",
    )

    request = town.get(filed.service_request_id)
    resident = town.residents.get(filed.service_request_id)
    assert resident is not None
    assert request.description == "a\nb\nc"
    assert (request.service_code, request.report_code) == ("tree", "tree")
    assert (resident.email, resident.phone) == (EMAIL, "+15550142")


def test_blank_contact_is_no_contact(town: Town) -> None:
    resident = town.residents.get(town.file(email="  ", phone=" - ").service_request_id)

    assert resident is not None
    assert (resident.email, resident.phone) == (None, None)


def test_without_a_language_the_city_speaks_its_first(town: Town) -> None:
    assert town.get(town.file().service_request_id).language == "en"


# Refused ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"service_code": ""}, {"service_code": "missing"}),
        ({"service_code": "  "}, {"service_code": "missing"}),
        ({"service_code": "sign"}, {"service_code": "inactive"}),
        ({"place": Place()}, {"lat": "missing"}),
        ({"place": Place(lat=40.02)}, {"long": "missing"}),
        ({"place": Place(long=-75.08)}, {"lat": "missing"}),
        ({"place": Place(lat=41.0, long=-75.08)}, {"lat": "outside"}),
        ({"place": Place(lat=40.05, long=-75.03)}, {"lat": "outside"}),
        ({"place": Place(lat=41.0, long=-75.0, address="12 Mill Lane")}, {"lat": "outside"}),
        ({"place": Place(lat=91.0, long=0.0)}, {"lat": "invalid"}),
        ({"place": Place(lat=0.0, long=181.0)}, {"lat": "invalid"}),
        ({"place": Place(lat=-75.08, long=400.2)}, {"lat": "invalid"}),
        ({"place": Place(lat=0.0, long=0.0)}, {"lat": "invalid"}),
        ({"place": Place(lat=float("nan"), long=-75.0)}, {"lat": "invalid"}),
        ({"place": Place(lat=float("inf"), long=-75.0)}, {"lat": "invalid"}),
        ({"description": "x" * (MAX_DESCRIPTION + 1)}, {"description": "too_long"}),
        ({"first_name": "x" * (MAX_FIELD + 1)}, {"first_name": "too_long"}),
        ({"last_name": "x" * (MAX_FIELD + 1)}, {"last_name": "too_long"}),
        ({"device_id": "x" * (MAX_FIELD + 1)}, {"device_id": "too_long"}),
        ({"account_id": "x" * (MAX_FIELD + 1)}, {"account_id": "too_long"}),
        ({"place": Place(address="x" * (MAX_FIELD + 1))}, {"address_string": "too_long"}),
        ({"place": Place(address_id="x" * (MAX_FIELD + 1))}, {"address_id": "too_long"}),
        ({"media_urls": ("https://x.example/",) * (MAX_PHOTOS + 1)}, {"media_url": "too_many"}),
        ({"photos": tuple(map(str, range(MAX_PHOTOS + 1)))}, {"media_url": "too_many"}),
        (
            {"sender": {str(n): "x" for n in range(MAX_SENDER_FIELDS + 1)}},
            {"attribute": "too_many"},
        ),
        ({"sender": {"x": "y" * (MAX_DESCRIPTION + 1)}}, {"attribute": "too_many"}),
        ({"sender": {"x" * (MAX_FIELD + 1): "y"}}, {"attribute": "too_many"}),
        ({"answers": {"1": ("yes",)}}, {"attribute[2]": "missing"}),
        ({"answers": {"1": ("perhaps",)}}, {"attribute[1]": "invalid"}),
        ({"service_code": "main_break"}, {"attribute[10]": "missing"}),
    ],
)
def test_every_refusal_names_its_field_and_nothing_is_stored(
    town: Town, changes: dict[str, Any], fields: dict[str, str]
) -> None:
    assert refusal(town, **changes) == fields


@pytest.mark.parametrize(
    "email",
    [
        "ada",
        "ada@",
        "@example.org",
        "ada@example",
        "ada@example.",
        "ada example@x.org",
        "a@b@c.org",
        "ada@example.org,bob@example.org",
        "ada@example.org\nBcc: x@example.org",
        "Ada <ada@example.org>",
        f"{'a' * 65}@example.org",
        f"ada@{'x' * 250}.org",
    ],
)
def test_an_address_that_no_mail_can_reach_is_refused(town: Town, email: str) -> None:
    assert refusal(town, email=email) == {"email": "invalid"}


@pytest.mark.parametrize(
    "phone", ["12345", "1" * 16, "call me", "+1+5550142", "555-CALL-NOW", "٥٥٥٠١٤٢"]
)
def test_a_number_that_no_telephone_has_is_refused(town: Town, phone: str) -> None:
    assert refusal(town, phone=phone) == {"phone": "invalid"}


def test_everything_that_is_wrong_is_named_at_once(town: Town) -> None:
    found = refusal(
        town,
        place=Place(),
        email="x",
        phone="y",
        description="x" * 4001,
        answers={"1": ("maybe",)},
    )

    assert set(found) == {"lat", "email", "phone", "description", "attribute[1]"}


@pytest.mark.parametrize("code", ["unknown", "sweep", "pothole2"])
def test_a_service_that_residents_cannot_choose_is_as_unknown_as_any(town: Town, code: str) -> None:
    with pytest.raises(NotFound, match=code):
        town.file(service_code=code)

    assert town.empty()


def test_a_refusal_quotes_no_more_than_a_line(town: Town) -> None:
    with pytest.raises(NotFound) as refused:
        town.file(service_code="x" * 5000)

    assert len(refused.value.message) < 200


def test_an_answer_that_ends_the_form_stores_nothing_and_says_whom_to_call(town: Town) -> None:
    with pytest.raises(Stopped) as stop:
        town.file(service_code="main_break", answers={"10": ("yes",)}, language="es")

    assert stop.value.call == "555-0199"
    assert stop.value.message == "Llame a la empresa ya."
    assert town.empty()


def test_as_much_as_is_allowed_is_accepted(town: Town) -> None:
    report = a_report(
        description="x" * MAX_DESCRIPTION,
        first_name="x" * MAX_FIELD,
        photos=tuple(map(str, range(MAX_PHOTOS))),
        sender={str(n): "x" * 10 for n in range(MAX_SENDER_FIELDS)},
        email=f"{'a' * 64}@example.org",
        phone="1" * 15,
    )

    assert town.file(report).new


def test_line_ends_count_as_one_character(town: Town) -> None:
    assert town.file(description="x\r\n" * (MAX_DESCRIPTION // 2)).new


# The notice ---------------------------------------------------------------------------------------


def test_the_sender_reads_the_services_notice_in_their_language(town: Town) -> None:
    assert town.file().service_notice == "Crews look within two days."
    assert town.file(language="es").service_notice == "Vamos en dos días."
    assert town.file(service_code="tree").service_notice is None


@pytest.mark.parametrize(
    ("language", "start"), [("en", "If anybody"), ("es", "Si alguien"), ("fr", "If anybody")]
)
def test_who_writes_of_danger_is_told_to_call(town: Town, language: str, start: str) -> None:
    notice = town.file(description="There is a gas leak", language=language).service_notice

    assert notice is not None
    assert notice.startswith(start)
    assert "911" in notice


def test_the_number_to_call_is_the_citys_own() -> None:
    town = Town(city=a_city(emergency_number="112"))

    assert "112" in (town.file(description="incendio").service_notice or "")


# Once ---------------------------------------------------------------------------------------------


def test_the_same_key_answers_the_first_id_and_the_first_capability(town: Town) -> None:
    first = town.file(key="k-1")

    again = town.file(key="k-1")

    assert again == replace(first, new=False)
    assert len(town.table.filed) == 1


def test_the_same_words_answer_the_first_id_and_no_capability(town: Town) -> None:
    """Who repeats the words may be somebody else: they get no key to the first sender's page."""
    first = town.file()

    again = town.file()

    assert again.service_request_id == first.service_request_id
    assert (again.new, again.capability) == (False, None)


def test_an_empty_key_is_no_key_and_opens_nothing(town: Town) -> None:
    first = town.file(key="")

    again = town.file(key="")

    assert again.service_request_id == first.service_request_id
    assert again.capability is None


def test_the_same_key_with_other_words_is_a_mismatch(town: Town) -> None:
    town.file(key="k-1")

    with pytest.raises(IdempotencyMismatch):
        town.file(key="k-1", description="Something else")

    assert len(town.table.filed) == 1


def test_other_keys_are_other_requests(town: Town) -> None:
    ids = {town.file(key=key).service_request_id for key in ("k-1", "k-2", None)}

    assert len(ids) == 3


def test_a_key_cannot_be_taken_for_content(town: Town) -> None:
    town.file()
    (content,) = {used.content for used in town.table.keys.values()}

    assert town.file(key=content).new


@pytest.mark.parametrize(
    "changes",
    [
        {"service_code": "tree"},
        {"place": Place(lat=40.020001, long=-75.08)},
        {"place": Place(lat=40.02, long=-75.08, address="x")},
        {"place": Place(lat=40.02, long=-75.08, address_id="x")},
        {"description": "A deep hole!"},
        {"answers": {"1": ("no",)}},
        {"media_urls": ("https://x.example/1",)},
        {"sender": {"x": "y"}},
        {"email": "bob@residents.example"},
        {"phone": PHONE},
        {"first_name": "Ada"},
        {"last_name": "Lovelace"},
        {"device_id": "d"},
        {"account_id": "a"},
    ],
)
def test_whatever_differs_makes_another_request(town: Town, changes: dict[str, Any]) -> None:
    town.file()

    assert town.file(**changes).new


def test_photos_and_spaces_do_not_make_another_request(town: Town) -> None:
    town.file()

    again = town.file(
        photos=("p1",), description=" A deep hole ", email=f"{EMAIL} ", service_code="pothole "
    )

    assert not again.new


def test_after_a_day_the_same_words_are_a_new_report(town: Town) -> None:
    first = town.file(key="k-1")
    town.clock.move(hours=23, minutes=59)
    assert not town.file(key="k-1").new

    town.clock.move(minutes=1)
    second = town.file(key="k-1")

    assert second.new
    assert second.service_request_id != first.service_request_id


def test_a_replay_after_the_contact_was_erased_opens_nothing(town: Town) -> None:
    first = town.file(key="k-1")
    town.residents.erase(first.service_request_id)

    assert town.file(key="k-1").capability is None


def test_an_id_that_is_taken_is_thrown_anew() -> None:
    throw = (37).to_bytes(5, "big")
    town = Town(dice=LoadedDice([throw, throw]))
    first = town.file()

    second = town.file(description="Another hole")

    assert second.new
    assert first.service_request_id == "000000150" != second.service_request_id
    assert town.wrong(second.service_request_id) is None


def test_a_partners_report_says_whose_it_is(town: Town) -> None:
    filed = town.file(partner="0A1B2C3D")

    assert town.get(filed.service_request_id).partner == "0A1B2C3D"
    assert town.get(town.file().service_request_id).partner is None


@pytest.mark.parametrize("key", [None, "k-1"])
def test_the_same_words_of_two_partners_and_a_resident_are_three_requests(
    town: Town, key: str | None
) -> None:
    senders = ("0A1B2C3D", "ZZZZZZZZ", None)
    first = [town.file(key=key, partner=each) for each in senders]

    again = [town.file(key=key, partner=each) for each in senders]

    assert len({each.service_request_id for each in first}) == 3
    assert [each.service_request_id for each in again] == [
        each.service_request_id for each in first
    ]
    assert not any(each.new for each in again)


def test_a_key_cannot_be_chosen_to_be_another_partners(town: Town) -> None:
    town.file(key="k-1", partner="0A1B2C3D")

    assert town.file(key="of 0A1B2C3D\nk-1").new
    assert town.file(key="0A1B2C3D\nk-1").new


def test_bad_luck_for_ever_is_refused_and_stores_nothing() -> None:
    throw = (37).to_bytes(5, "big")
    town = Town(dice=LoadedDice([throw] * 9, rest=SeededDice()))
    town.file()

    with pytest.raises(Unavailable):
        town.file(description="Another hole")

    assert len(town.table.filed) == len(town.table.keys) == len(town.table.residents) == 1


class InTheSameMoment(MemoryRequests):
    """A table at which an equal post is being written: the first tries meet it half done."""

    def __init__(self, table: MemoryTable, tries: int) -> None:
        super().__init__(table)
        self.tries = tries
        self.other: list[Accepted] = []

    def accept(self, acceptance: Acceptance) -> Accepted:
        if self.tries:
            self.tries -= 1
            if not self.tries:
                self.other.append(super().accept(an_equal_post(acceptance)))
            raise Conflict("Somebody else is writing it.")
        return super().accept(acceptance)


def an_equal_post(acceptance: Acceptance) -> Acceptance:
    """What another sender of the same words writes: all of it under an id of its own."""
    other = "EQUAL0001"
    return replace(
        acceptance,
        request=replace(acceptance.request, service_request_id=other),
        resident=replace(acceptance.resident, service_request_id=other),
        event=replace(acceptance.event, service_request_id=other),
    )


@pytest.mark.parametrize("tries", [1, 3])
def test_an_equal_post_that_is_being_written_is_the_same_request(tries: int) -> None:
    town = Town()
    town.requests = InTheSameMoment(town.table, tries)

    filed = town.file()

    assert [each.service_request_id for each in town.requests.other] == ["EQUAL0001"]
    assert (filed.service_request_id, filed.new) == ("EQUAL0001", False)
    assert len(town.table.filed) == len(town.table.keys) == len(town.table.residents) == 1


def test_an_equal_post_that_is_never_done_is_said_so_and_stores_nothing() -> None:
    town = Town()
    town.requests = InTheSameMoment(town.table, 99)

    with pytest.raises(Unavailable):
        town.file()
    assert town.empty()


def test_a_table_that_does_not_answer_is_said_so(town: Town) -> None:
    class Broken:
        def accept(self, _: object) -> None:
            raise Unavailable("The city's records did not answer.")

    town.requests = Broken()

    with pytest.raises(CityError) as refused:
        town.file()
    assert refused.value.status == 503


def test_another_city_works_by_its_own_files() -> None:
    lamp = a_service("lamp", questions=(a_question("1", required=True),))
    town = Town(city=with_service(lamp, a_city(jurisdiction_id="elsewhere.example")))

    filed = town.file(service_code="lamp", answers={"1": ("dark",)})

    assert town.get(filed.service_request_id).jurisdiction_id == "elsewhere.example"
    assert POTHOLE in TOWN.services.values()
    assert INSIDE.lat == 40.02
