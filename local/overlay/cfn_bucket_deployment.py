"""Bridge: the CDK's BucketDeployment unpacks its archives into the bucket."""

import mimetypes
import zipfile
from fnmatch import fnmatch
from io import BytesIO
from typing import Any

from ministack.services import s3
from ministack.services.cloudformation import provisioners

from local.overlay.settings import Settings

Json = dict[str, Any]
_HEADERS = ("cache-control", "content-disposition", "content-encoding", "content-type")


def files(properties: Json) -> dict[str, bytes]:
    """Everything that the archives hold, under its key, with values in place of markers."""
    found: dict[str, bytes] = {}
    prefix = str(properties.get("DestinationBucketKeyPrefix", "")).strip("/")
    markers = properties.get("SourceMarkers") or []
    sources = zip(properties["SourceBucketNames"], properties["SourceObjectKeys"], strict=True)
    for number, (bucket, key) in enumerate(sources):
        replaced = markers[number] if number < len(markers) else {}
        with zipfile.ZipFile(BytesIO(_read(bucket, key))) as archive:
            for entry in archive.infolist():
                if not entry.is_dir() and _wanted(entry.filename, properties):
                    content = archive.read(entry)
                    for marker, value in replaced.items():
                        content = content.replace(marker.encode(), str(value).encode())
                    found["/".join(part for part in (prefix, entry.filename) if part)] = content
    return found


def _wanted(name: str, properties: Json) -> bool:
    left_out = any(fnmatch(name, pattern) for pattern in properties.get("Exclude") or [])
    return not left_out or any(
        fnmatch(name, pattern) for pattern in properties.get("Include") or []
    )


def _read(bucket: str, key: str) -> bytes:
    content = s3._get_object_data(bucket, key)
    if content is None:
        raise ValueError(f"s3://{bucket}/{key} is missing")
    return bytes(content)


def deploy(properties: Json) -> None:
    """Put every file, then remove what is no longer among them."""
    bucket = properties["DestinationBucketName"]
    system = {
        name.lower(): value for name, value in (properties.get("SystemMetadata") or {}).items()
    }
    named = {name: str(system[name]) for name in _HEADERS if name in system}
    kept = files(properties)
    for key, content in kept.items():
        kind = mimetypes.guess_type(key)[0] or "application/octet-stream"
        s3._put_object(bucket, key, content, {"content-type": kind, **named})
    if str(properties.get("Prune", True)).lower() == "true":
        prefix = str(properties.get("DestinationBucketKeyPrefix", "")).strip("/")
        for key in list(s3._buckets[bucket]["objects"]):
            if key.startswith(prefix) and key not in kept and _wanted(key, properties):
                s3._delete_object(bucket, key)


def _create(logical_id: str, properties: Json, stack: str) -> tuple[str, Json]:
    deploy(properties)
    return f"aws.cdk.s3deployment.{logical_id}", _attributes(properties)


def _update(physical_id: str, old: Json, new: Json, *rest: Any) -> tuple[str, Json]:
    deploy(new)
    return physical_id, _attributes(new)


def _attributes(properties: Json) -> Json:
    return {
        "DestinationBucketArn": f"arn:aws:s3:::{properties['DestinationBucketName']}",
        "SourceObjectKeys": properties["SourceObjectKeys"],
    }


def apply(settings: Settings) -> None:
    """Do it here: the CDK's own function calls a copy of the AWS CLI that it expects under /opt."""
    provisioners._RESOURCE_HANDLERS["Custom::CDKBucketDeployment"] = {
        "create": _create,
        "update": _update,
        "delete": lambda physical_id, properties: None,
    }
