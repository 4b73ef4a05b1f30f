"""The one place where use cases meet AWS: each is built on first use, once per process."""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

from city311.adapters import clients
from city311.adapters.dynamodb.ledger import DynamoLedger
from city311.adapters.dynamodb.partners import DynamoPartners
from city311.adapters.dynamodb.photos import DynamoPhotoRecords
from city311.adapters.dynamodb.requests import DynamoRequests
from city311.adapters.dynamodb.residents import DynamoResidents
from city311.adapters.dynamodb.tokens import DynamoTokens
from city311.adapters.dynamodb.watch import DynamoWatch
from city311.adapters.s3 import S3Uploads
from city311.adapters.ses import SesMailer
from city311.adapters.sns import SnsTexter
from city311.adapters.stepfunctions import StepFunctionsExecutions
from city311.adapters.system import dice, utc_now
from city311.cities.compiled import load
from city311.domain.catalogue import City
from city311.ports import PhotoRecords, Versions
from city311.settings import Settings
from city311.usecases.admission import Admission
from city311.usecases.changing import Changing
from city311.usecases.desk import Desk
from city311.usecases.intake import Intake
from city311.usecases.keydesk import KeyDesk
from city311.usecases.lifecycle import Lifecycle
from city311.usecases.notify import Notify
from city311.usecases.photos import Darkroom, PhotoSlots
from city311.usecases.reading import Reading
from city311.usecases.reconcile import Reconciler
from city311.usecases.triage import Triage
from city311.usecases.updates import PartnersWord, Updates
from city311.usecases.word import ResidentsWord


def settings() -> Settings:
    """The environment of this process."""
    return Settings(os.environ)


def warm(*builders: Callable[[], object]) -> None:
    """Build now what the first event will need, if this is Lambda, and nowhere else.

    Until a function is ready Lambda gives it a whole processor, for events only a share of one.
    """
    if "AWS_LAMBDA_RUNTIME_API" in os.environ:
        for build in builders:
            build()


@cache
def city() -> City:
    """The city that this deployment serves, compiled from its files at deployment."""
    return load(Path(settings().need("CITY_FILE")).read_text(encoding="utf-8"))


@cache
def versions() -> Versions:
    """What is in force."""
    return Versions(
        code=settings().need("CODE_VERSION"),
        catalogue=city().version,
        lifecycle=settings().need("LIFECYCLE_VERSION"),
    )


@cache
def requests() -> DynamoRequests:
    """The filing cabinet."""
    return DynamoRequests(clients.client("dynamodb"), settings().need("TABLE_NAME"))


@cache
def residents() -> DynamoResidents:
    """Contact data."""
    return DynamoResidents(clients.client("dynamodb"), settings().need("TABLE_NAME"))


@cache
def partners() -> DynamoPartners:
    """Api keys."""
    return DynamoPartners(clients.client("dynamodb"), settings().need("TABLE_NAME"))


@cache
def changing() -> Changing:
    """Steps of the lifecycle."""
    return Changing(requests=requests(), city=city(), clock=utc_now, versions=versions())


@cache
def intake() -> Intake:
    """The public counter."""
    return Intake(
        requests=requests(),
        residents=residents(),
        city=city(),
        clock=utc_now,
        dice=dice,
        versions=versions(),
    )


@cache
def admission() -> Admission:
    """The porter of the public counter."""
    return Admission(partners=partners(), city=city(), clock=utc_now)


@cache
def key_desk() -> KeyDesk:
    """Where api keys are given out."""
    return KeyDesk(partners=partners(), clock=utc_now, dice=dice)


@cache
def photo_slots() -> PhotoSlots:
    """The hatch of the quarantine."""
    bucket = settings().need("QUARANTINE_BUCKET")
    return PhotoSlots(uploads=S3Uploads(clients.client("s3"), bucket, utc_now), dice=dice)


@cache
def photo_records() -> PhotoRecords:
    """What is known of uploads."""
    return DynamoPhotoRecords(clients.client("dynamodb"), settings().need("TABLE_NAME"), utc_now)


@cache
def darkroom() -> Darkroom:
    """Where photos are reported developed."""
    return Darkroom(records=photo_records())


@cache
def word() -> ResidentsWord:
    """The resident's confirm and dispute."""
    return ResidentsWord(changing=changing(), residents=residents())


@cache
def updates() -> Updates:
    """What anybody may read of what happened."""
    return Updates(changing=changing())


@cache
def partners_word() -> PartnersWord:
    """What partners say of a request."""
    return PartnersWord(changing=changing(), residents=residents(), slots=photo_slots())


@cache
def reading() -> Reading:
    """What residents may read."""
    return Reading(changing=changing())


@cache
def desk() -> Desk:
    """What staff may do."""
    return Desk(changing=changing())


@cache
def triage() -> Triage:
    """The first state of every execution."""
    return Triage(changing=changing())


@cache
def lifecycle() -> Lifecycle:
    """The lifecycle's hands."""
    arn = settings().need("STATE_MACHINE_ARN")
    table = settings().need("TABLE_NAME")
    return Lifecycle(
        changing=changing(),
        tokens=DynamoTokens(clients.client("dynamodb"), table, utc_now),
        executions=StepFunctionsExecutions(clients.client("stepfunctions"), arn),
    )


@cache
def reconciler() -> Reconciler:
    """Finds what is owed and overdue."""
    watch = DynamoWatch(clients.client("dynamodb"), settings().need("TABLE_NAME"))
    return Reconciler(watch=watch, lifecycle=lifecycle(), clock=utc_now)


@cache
def notify() -> Notify:
    """The post room. Its senders never retry by themselves: a repeat is the ledger's to decide."""
    table = settings().need("TABLE_NAME")
    return Notify(
        requests=requests(),
        residents=residents(),
        ledger=DynamoLedger(clients.client("dynamodb"), table),
        mailer=SesMailer(
            clients.client("sesv2", retries=False),
            city().mail_from,
            settings().need("CONFIGURATION_SET"),
        ),
        texter=SnsTexter(clients.client("sns", retries=False)),
        city=city(),
        clock=utc_now,
        site_url=settings().need("SITE_URL"),
    )
