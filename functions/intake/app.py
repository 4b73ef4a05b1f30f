"""Intake: a resident's report comes in, a service request id goes out."""

from dataclasses import replace
from functools import partial

from chalice.app import Response

from city311 import wiring
from city311.api import watch
from city311.api.actors import OPEN311, WEB
from city311.api.answers import refuse, reply
from city311.api.asked import request_id
from city311.api.edge import Edge, Space
from city311.api.filing import ConfirmIn, DisputeIn, Filed, PhotoIn, ReportIn, Slot
from city311.api.reads import Standing
from city311.domain.errors import NotFound
from city311.domain.partner import Scope
from city311.open311 import answers, posting, reports
from city311.open311.admission import allowance, received
from city311.open311.fields import CREATED
from city311.usecases.checking import checked

app = Edge(
    "intake",
    spaces=(
        Space(prefix="/open311", refuse=answers.refuse, tidy=answers.tidy, headers=answers.CORS),
        Space(prefix="/api", refuse=refuse),
    ),
)
JSON = ["application/json"]
told = partial(watch.count, app.app_name)
"""Counts one of a name."""


@app.route("/open311/v2/requests.json", methods=["POST"], cors=True)
@app.route("/open311/v2/requests.xml", methods=["POST"], cors=True)
def submit_open311() -> Response:
    """Accept a report from any GeoReport v2 client; 200 and an array of one."""
    asked, city = app.asked, wiring.city()
    form, key = received(asked, city)
    partner = wiring.admission().posting(key, Scope.REQUESTS, told)
    post = reports.parse(form, city, asked.language(city.languages))
    if post.files:
        # What is refused stores nothing: the report is looked at before its photos are put away.
        checked(post.report, city)
        post = reports.stored(post, wiring.photo_slots().store)
    report = replace(post.report, partner=partner.key_id if partner else None)
    actor = partner.actor if partner else OPEN311
    filed = wiring.intake().submit(report, key=asked.idempotency_key(), actor=actor)
    told("Accepted" if filed.new else "Repeated")
    row = reports.created(filed.service_request_id, filed.service_notice, spoiled=post.spoiled)
    fmt = answers.format_of(asked.path, asked.accept)
    return answers.document(CREATED, [row], fmt, allowance(partner))


@app.route("/open311/v2/servicerequestupdates.json", methods=["POST"], cors=True)
@app.route("/open311/v2/servicerequestupdates.xml", methods=["POST"], cors=True)
def submit_update() -> Response:
    """Take what a partner says of a request: a comment, or the resident's reopening."""
    asked = app.asked
    form, key = received(asked, wiring.city())
    partner = wiring.admission().vouched(key, Scope.UPDATES, told)
    posted = wiring.partners_word().post(partner, posting.parse(form))
    told("Updated" if posted.new else "Repeated")
    resource, rows = posting.answer(posted.update_id, posted.notice)
    fmt = answers.format_of(asked.path, asked.accept)
    return answers.document(resource, rows, fmt, allowance(partner))


@app.route("/open311/{proxy+}", methods=["POST"], cors=True)
def elsewhere() -> Response:
    """No other address takes a report."""
    raise NotFound("There is nothing at this address.")


@app.route("/api/requests", methods=["POST"], content_types=JSON)
def submit() -> Response:
    """Accept a report from the city's own pages; 201, or 200 if it had been filed before."""
    asked, city = app.asked, wiring.city()
    body = asked.json(ReportIn)
    report = body.report(city, asked.language(city.languages, body.language))
    filed = wiring.intake().submit(report, key=asked.idempotency_key(), actor=WEB)
    told("Accepted" if filed.new else "Repeated")
    site = wiring.settings().need("SITE_URL")
    answer = Filed(
        service_request_id=filed.service_request_id,
        link=f"{site}/track/#{filed.service_request_id}.{filed.capability}"
        if filed.capability
        else None,
        service_notice=filed.service_notice,
    )
    return reply(answer, status=201 if filed.new else 200)


@app.route("/api/photos", methods=["POST"], content_types=JSON)
def photo_slot() -> Response:
    """A form to upload one photo with, straight into quarantine."""
    form = wiring.photo_slots().slot(app.asked.json(PhotoIn).content_type)
    return reply(Slot.model_validate(form), status=201)


@app.route("/api/requests/{service_request_id}/confirm", methods=["POST"], content_types=JSON)
def confirm(service_request_id: str) -> Response:
    """The resident says that it is done."""
    asked = app.asked
    found, capability = request_id(service_request_id), asked.capability()
    request = wiring.word().confirm(found, capability, asked.json(ConfirmIn).note)
    return reply(Standing.of(request))


@app.route("/api/requests/{service_request_id}/dispute", methods=["POST"], content_types=JSON)
def dispute(service_request_id: str) -> Response:
    """The resident says that it is not; work starts anew."""
    asked = app.asked
    found, capability = request_id(service_request_id), asked.capability()
    request = wiring.word().dispute(found, capability, asked.json(DisputeIn).reason)
    return reply(Standing.of(request))


wiring.warm(wiring.intake, wiring.photo_slots, wiring.admission)
