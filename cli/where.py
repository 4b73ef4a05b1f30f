"""Which city a command means: the one on this computer, or one on AWS."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.failures import Failure, Misuse
from cli.session import Place

if TYPE_CHECKING:
    from local.city import LocalCity

ROOT = Path(__file__).resolve().parent.parent
"""The project: the local cloud and the cities' files are read from here."""
_START = "start one with `city311 local start`"


def local_city(port: int | None = None) -> LocalCity:
    """The city on this computer, running or not."""
    # boto3 behind it takes half a second to import, which `city311 --help` need not pay.
    from local.city import DEFAULT_PORT, LocalCity, default_state

    return LocalCity(ROOT, default_state(ROOT), port or DEFAULT_PORT)


def running_city() -> LocalCity:
    """The city that runs on this computer; Failure when none does."""
    from local.errors import NotRunning

    city = local_city()
    try:
        city.attach()
    except NotRunning:
        raise Failure(
            "No city runs on this computer: start one with `city311 local start`."
        ) from None
    return city


def local_place(city: LocalCity) -> Place:
    """What commands need of it."""
    from local.emulator import REGION

    outputs = city.outputs
    if "UserPoolClientId" not in outputs:
        raise Failure("The city on this computer is still being built: try again in a moment.")
    return Place(
        site=city.urls.site,
        region=REGION,
        client_id=outputs["UserPoolClientId"],
        endpoint=city.urls.endpoint,
        state_machine=outputs.get("StateMachineArn"),
    )


def stack_place(stack: str, region: str | None) -> Place:
    """A deployed city by its App stack, read with the caller's own AWS credentials."""
    formation = aws("cloudformation", region)
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        found = formation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        said = error.response.get("Error", {}).get("Message", str(error))
        raise Failure(f"The stack {stack} cannot be read: {said}.") from None
    except BotoCoreError as error:
        raise Failure(f"AWS cannot be asked for the stack {stack}: {error}") from None
    outputs = {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}
    missing = {"SiteUrl", "UserPoolClientId"} - outputs.keys()
    if missing:
        raise Misuse(f"{stack} is not a city's App stack: it has no output {sorted(missing)[0]}.")
    return Place(
        site=outputs["SiteUrl"].rstrip("/"),
        region=formation.meta.region_name,
        client_id=outputs["UserPoolClientId"],
        state_machine=outputs.get("StateMachineArn"),
    )


def aws(service: str, region: str | None) -> Any:
    """A client with the caller's own credentials."""
    import boto3
    from botocore.exceptions import BotoCoreError

    try:
        return boto3.session.Session(region_name=region).client(service)  # type: ignore[call-overload]
    except BotoCoreError as error:
        raise Failure(f"AWS cannot be used: {error}") from None


def public_cognito(place: Place) -> Any:
    """A client for the calls of Cognito that need no credentials."""
    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config

    return boto3.session.Session(region_name=place.region).client(
        "cognito-idp", endpoint_url=place.endpoint, config=Config(signature_version=UNSIGNED)
    )


def executions(place: Place) -> Any:
    """A Step Functions client for this city."""
    if place.endpoint is None:
        return aws("stepfunctions", place.region)
    from local.clients import Clients

    return Clients(place.endpoint)("stepfunctions")


def city_folder(jurisdiction_id: str) -> Path:
    """The files of the city with this id, or Failure when they are not in the project."""
    import yaml

    for path in sorted(ROOT.glob("cities/*/city.yaml")):
        try:
            found = yaml.safe_load(path.read_text())
        except (OSError, yaml.YAMLError):
            continue
        if isinstance(found, dict) and found.get("jurisdiction_id") == jurisdiction_id:
            return path.parent
    raise Failure(f"The files of {jurisdiction_id} are not in {ROOT / 'cities'}.")
