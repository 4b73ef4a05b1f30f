"""`city311 report` and `city311 request`: file a report, look at a request."""

import uuid
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import session, signing
from cli.api import Residents, request_id
from cli.failures import Failure, Misuse, Refused
from cli.groups import group
from cli.screen import as_json, moment, out, pairs, progress, say, waiting
from cli.signing import Keyboard
from cli.web import Unreachable, Web
from cli.where import running_city

_TRIES = 3

app = group("Look at a request.")

CityUrl = Annotated[
    str | None,
    typer.Option(help="The city's address; else the one signed in to, else this computer's."),
]
AsJson = Annotated[bool, typer.Option("--json", help="The answer for programs.")]


@app.command()
def show(
    named: Annotated[str, typer.Argument(metavar="ID", help="The request, as typed or spoken.")],
    public: Annotated[bool, typer.Option("--public", help="Only what anybody sees.")] = False,
    city_url: CityUrl = None,
    json: AsJson = False,
) -> None:
    """Show a request: as staff if you are signed in, else as anybody sees it.

    Example: city311 request show 7H2K9MQ4X --public
    """
    meant = request_id(named)
    as_staff = session.found() is not None and not public and city_url is None
    with waiting(f"Reading {meant}"):
        if as_staff:
            found = signing.desk_of(signing.signed_in()).request(meant)
        else:
            found = Residents(Web(site(city_url))).public(meant)
    if json:
        as_json(found)
    else:
        out.print(pairs(f"Request {found['service_request_id']}", _rows(found)))


def report(
    service: Annotated[str, typer.Option(help="Code of the service, see /api/services.")],
    description: Annotated[str, typer.Option(help="What the resident says.")] = "",
    address: Annotated[str | None, typer.Option(help="Where, in words.")] = None,
    address_id: Annotated[str | None, typer.Option(help="Where, by the city's register.")] = None,
    lat: Annotated[float | None, typer.Option(help="Degrees north.")] = None,
    long: Annotated[float | None, typer.Option(help="Degrees east.")] = None,
    answer: Annotated[
        list[str] | None, typer.Option(help="QUESTION=VALUE; again for more values or questions.")
    ] = None,
    photo: Annotated[list[Path] | None, typer.Option(help="A photo; again for more.")] = None,
    email: Annotated[str | None, typer.Option(help="Where the resident wants word.")] = None,
    phone: Annotated[str | None, typer.Option(help="A telephone for text messages.")] = None,
    first_name: Annotated[str | None, typer.Option(help="Of the resident.")] = None,
    last_name: Annotated[str | None, typer.Option(help="Of the resident.")] = None,
    ask: Annotated[
        bool, typer.Option("--ask", help="Ask for the contact, to keep it out of shell history.")
    ] = False,
    language: Annotated[str | None, typer.Option(help="Language of the messages.")] = None,
    city_url: CityUrl = None,
    json: AsJson = False,
) -> None:
    """File a report for somebody on the telephone. A call that breaks off is safe to repeat.

    Example: city311 report --service pothole --address "12 Main Street" --lat 40.01 --long -40.02
    --description "Deep hole in the right lane" --email resident@mail.example
    """
    contact = {"email": email, "phone": phone, "first_name": first_name, "last_name": last_name}
    body: dict[str, Any] = {
        "service_code": service,
        "description": description,
        "address": address,
        "address_id": address_id,
        "lat": lat,
        "long": long,
        "language": language,
        **(_asked(contact) if ask else contact),
    }
    body = {name: value for name, value in body.items() if value is not None}
    body["answers"] = answers(answer or [])
    residents = Residents(Web(site(city_url)))
    with waiting("Filing the report"):
        body["photos"] = [residents.upload_photo(each) for each in photo or []]
        filed = _filed(residents, body)
    if json:
        as_json(filed)
        return
    say(f"Filed: {filed['service_request_id']}", "green")
    rows = [("Private link", filed.get("link")), ("Notice", filed.get("service_notice"))]
    out.print(pairs("For the resident", rows))


def site(city_url: str | None) -> str:
    """The address that is meant."""
    if city_url:
        return city_url
    current = session.found()
    return current.place.site if current else running_city().urls.site


def answers(given: list[str]) -> dict[str, str | list[str]]:
    """QUESTION=VALUE as the API reads it: a question that comes twice has several values."""
    found: dict[str, list[str]] = {}
    for each in given:
        question, equals, value = each.partition("=")
        if not (equals and question and value):
            raise Misuse(f"{each!r} is no answer: write QUESTION=VALUE.")
        found.setdefault(question.strip(), []).append(value.strip())
    return {key: values[0] if len(values) == 1 else values for key, values in found.items()}


def _asked(contact: dict[str, str | None]) -> dict[str, str | None]:
    keyboard = Keyboard()
    for name, value in contact.items():
        if value is None:
            words = name.replace("_", " ").capitalize()
            contact[name] = typer.prompt(words, default="", err=True, show_default=False) or None
    keyboard.tell("Thank you.")
    return contact


def _filed(residents: Residents, body: dict[str, Any]) -> Any:
    """Post it; when nobody answers, post the same again under the same key."""
    key = str(uuid.uuid4())
    for last in range(_TRIES):
        try:
            return residents.report(body, key)
        except Unreachable:
            if last == _TRIES - 1:
                raise
        except Refused as refused:
            if refused.status != 503 or last == _TRIES - 1:
                raise
        progress("No answer: trying again, which never files twice.")
    raise Failure("The city did not answer.")


def _rows(found: dict[str, Any]) -> list[tuple[str, object]]:
    moments = {"requested_at", "updated_at", "entered_at", "expected_at"}
    rows: list[tuple[str, object]] = []
    for name, value in found.items():
        if name == "service_request_id":
            continue
        rows.append((name.replace("_", " "), moment(value) if name in moments else value))
    return rows
