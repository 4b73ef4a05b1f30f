"""Bridge: what the template says about expiry, recovery and encryption of data takes effect."""

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

from ministack.core.responses import get_account_id
from ministack.services import dynamodb, s3, sns
from ministack.services.cloudformation import provisioners

from local.overlay.settings import Settings

Json = dict[str, Any]


def _done(answer: Any) -> None:
    if answer[0] >= 400:
        raise ValueError(str(answer[2]))


def table(name: str, properties: Json) -> None:
    """Time to live, point-in-time recovery, encryption."""
    ttl = properties.get("TimeToLiveSpecification")
    if ttl:
        _done(dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": ttl}))
    recovery = properties.get("PointInTimeRecoverySpecification")
    if recovery:
        request = {"TableName": name, "PointInTimeRecoverySpecification": recovery}
        _done(dynamodb._update_continuous_backups(request))
    encryption = properties.get("SSESpecification")
    if encryption:
        described = dynamodb._sse_description_from_spec({**encryption, "Enabled": True})
        dynamodb._tables[name]["SSEDescription"] = described


def bucket(name: str, properties: Json) -> None:
    """Expiry of objects, of old versions, of uploads that were never finished."""
    rules = (properties.get("LifecycleConfiguration") or {}).get("Rules")
    if rules:
        _done(s3._put_bucket_lifecycle(name, lifecycle_xml(rules)))


def lifecycle_xml(rules: list[Json]) -> bytes:
    """The rules as PutBucketLifecycleConfiguration wants them."""
    root = ElementTree.Element("LifecycleConfiguration")
    for number, rule in enumerate(rules):
        node = ElementTree.SubElement(root, "Rule")
        _text(node, "ID", rule.get("Id", f"rule-{number}"))
        _text(node, "Status", rule["Status"])
        _text(ElementTree.SubElement(node, "Filter"), "Prefix", rule.get("Prefix", ""))
        if "ExpirationInDays" in rule:
            _text(ElementTree.SubElement(node, "Expiration"), "Days", rule["ExpirationInDays"])
        for kind, unit in (
            ("NoncurrentVersionExpiration", "NoncurrentDays"),
            ("AbortIncompleteMultipartUpload", "DaysAfterInitiation"),
        ):
            if kind in rule:
                _text(ElementTree.SubElement(node, kind), unit, rule[kind][unit])
    return bytes(ElementTree.tostring(root))


def _text(parent: ElementTree.Element, name: str, value: Any) -> None:
    ElementTree.SubElement(parent, name).text = str(value)


def topic(arn: str, properties: Json) -> None:
    """A topic without a policy of its own is its account's, not everybody's."""
    attributes = sns._topics[arn]["attributes"]
    owner = f'"Condition": {{"StringEquals": {{"AWS:SourceOwner": "{get_account_id()}"}}}}'
    if "__default_policy_ID" in attributes["Policy"] and "SourceOwner" not in attributes["Policy"]:
        attributes["Policy"] = attributes["Policy"].replace("}]}", f", {owner}}}]}}")


def apply(settings: Settings) -> None:
    """Follow creation and update of the three kinds."""
    for kind, finish in (("DynamoDB::Table", table), ("S3::Bucket", bucket), ("SNS::Topic", topic)):
        handlers = provisioners._RESOURCE_HANDLERS[f"AWS::{kind}"]
        handlers["create"] = _created(handlers["create"], finish)
        handlers["update"] = _updated(handlers["update"], finish)


def _created(
    original: Callable[..., Any], finish: Callable[[str, Json], None]
) -> Callable[..., Any]:
    def create(logical_id: str, properties: Json, *rest: Any) -> Any:
        physical_id, attributes = original(logical_id, properties, *rest)
        finish(physical_id, properties)
        return physical_id, attributes

    return create


def _updated(
    original: Callable[..., Any], finish: Callable[[str, Json], None]
) -> Callable[..., Any]:
    def update(physical_id: str, old: Json, new: Json, *rest: Any, **named: Any) -> Any:
        answer = original(physical_id, old, new, *rest, **named)
        finish(answer[0] if isinstance(answer, tuple) else physical_id, new)
        return answer

    return update
