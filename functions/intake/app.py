"""Intake: a resident's report comes in, a service request id goes out."""

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
from city311.open311 import answers, forms, reports
from city311.open311.admission import check_jurisdiction, check_key
from city311.open311.fields import CREATED
from city311.open311.lists import first
from city311.usecases.checking import checked

app = Edge(
    "intake",
    spaces=(
        Space(prefix="/open311", refuse=answers.refuse, tidy=answers.tidy, headers=answers.CORS),
        Space(prefix="/api", refuse=refuse),
    ),
)
JSON = ["application/json"]


@app.route("/open311/v2/requests.json", methods=["POST"], cors=True)
@app.route("/open311/v2/requests.xml", methods=["POST"], cors=True)
def submit_open311() -> Response:
    """Accept a report from any GeoReport v2 client; 200 and an array of one."""
    asked, city = app.asked, wiring.city()
    check_key(city)
    form = forms.read(asked.body(), asked.header("content-type"))
    named = form.first("jurisdiction_id") or first(asked.query, "jurisdiction_id")
    check_jurisdiction(named, city)
    post = reports.parse(form, city, asked.language(city.languages))
    if post.files:
        # What is refused stores nothing: the report is looked at before its photos are put away.
        checked(post.report, city)
        post = reports.stored(post, wiring.photo_slots().store)
    filed = wiring.intake().submit(post.report, key=asked.idempotency_key(), actor=OPEN311)
    watch.count(app.app_name, "Accepted" if filed.new else "Repeated")
    row = reports.created(filed.service_request_id, filed.service_notice, spoiled=post.spoiled)
    return answers.document(CREATED, [row], answers.format_of(asked.path, asked.accept))


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
    watch.count(app.app_name, "Accepted" if filed.new else "Repeated")
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


wiring.warm(wiring.intake, wiring.photo_slots)
