"""What is kept: the table, its indexes, the buckets, their keys."""

import pytest

from city311.adapters.dynamodb import keys
from city311.adapters.dynamodb.items import PUBLIC_ATTRIBUTES
from tests.adapters import plan
from tests.infra.template import Template, text

MOST_PROJECTED = 100
PERSONAL = {"email", "phone", "first_name", "last_name", "device_id", "account_id", "capability"}


def test_the_table_can_be_brought_back_to_any_second_of_35_days(data: Template) -> None:
    table = data.one("AWS::DynamoDB::Table")

    assert table["PointInTimeRecoverySpecification"] == {
        "PointInTimeRecoveryEnabled": True,
        "RecoveryPeriodInDays": 35,
    }


def test_the_table_is_paid_by_use_encrypted_and_streams_both_images(data: Template) -> None:
    table = data.one("AWS::DynamoDB::Table")

    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["SSESpecification"]["SSEType"] == "KMS"
    assert table["SSESpecification"]["KMSMasterKeyId"]
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}


def test_production_data_outlives_its_stack(production_data: Template) -> None:
    for kind in ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Cognito::UserPool"):
        for resource in production_data.of(kind).values():
            assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"
    assert production_data.one("AWS::DynamoDB::Table")["DeletionProtectionEnabled"] is True
    assert production_data.one("AWS::Cognito::UserPool")["DeletionProtection"] == "ACTIVE"
    (key,) = production_data.of("AWS::KMS::Key").values()
    assert key["DeletionPolicy"] == "Retain"


def test_a_stage_for_trying_things_out_can_be_deleted(data: Template) -> None:
    (table,) = data.of("AWS::DynamoDB::Table").values()

    assert table["DeletionPolicy"] == "Delete"
    assert not table["Properties"]["DeletionProtectionEnabled"]


@pytest.mark.parametrize(
    ("index", "keys"),
    [
        ("requested", ("requested_bucket", "requested_key")),
        ("updated", ("updated_bucket", "updated_key")),
        ("service", ("service_bucket", "requested_key")),
        ("service_updated", ("service_bucket", "updated_key")),
        ("nearby", ("cell", "requested_key")),
        ("work", ("queue", "due_key")),
        ("watch", ("watch", "watch_key")),
        ("told", ("told_bucket", "told_key")),
    ],
)
def test_an_index_has_its_keys(data: Template, index: str, keys: tuple[str, str]) -> None:
    indexes = data.one("AWS::DynamoDB::Table")["GlobalSecondaryIndexes"]
    (found,) = (i for i in indexes if i["IndexName"] == index)

    assert tuple(k["AttributeName"] for k in found["KeySchema"]) == keys


def test_an_index_shows_nothing_personal(data: Template) -> None:
    for index in data.one("AWS::DynamoDB::Table")["GlobalSecondaryIndexes"]:
        projection = index["Projection"]
        assert projection["ProjectionType"] in {"INCLUDE", "KEYS_ONLY"}
        assert not PERSONAL & set(projection.get("NonKeyAttributes", []))


def test_public_indexes_show_exactly_what_the_public_item_has(data: Template) -> None:
    for index in data.one("AWS::DynamoDB::Table")["GlobalSecondaryIndexes"]:
        if index["IndexName"] in keys.PUBLIC_LISTS:
            assert set(index["Projection"]["NonKeyAttributes"]) == set(PUBLIC_ATTRIBUTES)


def test_all_indexes_together_project_what_one_table_may(data: Template) -> None:
    """DynamoDB's quota of attributes that all INCLUDE projections name, each index for itself."""
    indexes = data.one("AWS::DynamoDB::Table")["GlobalSecondaryIndexes"]
    named = [name for i in indexes for name in i["Projection"].get("NonKeyAttributes", [])]

    assert len(named) <= MOST_PROJECTED


def test_no_bucket_is_public_and_none_speaks_plain_http(app: Template, data: Template) -> None:
    for template in (app, data):
        policies = template.props("AWS::S3::BucketPolicy")
        for name, resource in template.of("AWS::S3::Bucket").items():
            assert set(resource["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
            (policy,) = (p for p in policies if p["Bucket"] == {"Ref": name})
            denied = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Deny"]
            assert denied[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
            assert resource["Properties"]["BucketEncryption"]


def test_an_upload_lives_two_days_under_our_own_key(app: Template) -> None:
    props = app.at("/Quarantine/Bucket/Resource")[1]["Properties"]
    (encryption,) = props["BucketEncryption"]["ServerSideEncryptionConfiguration"]

    assert [r["ExpirationInDays"] for r in props["LifecycleConfiguration"]["Rules"]] == [2]
    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"


def test_an_upload_calls_the_photo_room(app: Template) -> None:
    props = app.at("/Quarantine/Bucket/Resource")[1]["Properties"]
    (call,) = props["NotificationConfiguration"]["LambdaConfigurations"]
    (permission,) = (
        p for p in app.props("AWS::Lambda::Permission") if p["Principal"] == "s3.amazonaws.com"
    )

    assert call["Event"] == "s3:ObjectCreated:*"
    assert call["Function"] == permission["FunctionName"] == {"Ref": app.alias("photo")}
    assert call["Filter"]["S3Key"]["Rules"] == [{"Name": "prefix", "Value": "uploads/"}]
    assert permission["SourceAccount"] == {"Ref": "AWS::AccountId"}
    assert "quarantine" in text(permission["SourceArn"])


def test_pages_may_upload_from_our_site_only(app: Template) -> None:
    props = app.at("/Quarantine/Bucket/Resource")[1]["Properties"]
    (rule,) = props["CorsConfiguration"]["CorsRules"]

    assert rule["AllowedMethods"] == ["POST"]
    assert "SiteAddress" in text(rule["AllowedOrigins"])
    assert "*" not in rule["AllowedOrigins"]


def test_only_our_distributions_read_clean_photos(data: Template) -> None:
    policy = data.one("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    (allowed,) = (s for s in policy if s["Effect"] == "Allow")

    assert allowed["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert allowed["Action"] == "s3:GetObject"
    assert "/photos/*" in text(allowed["Resource"])
    assert "AWS::AccountId" in text(allowed["Condition"])


def test_keys_rotate(app: Template, data: Template) -> None:
    for template in (app, data):
        assert template.one("AWS::KMS::Key")["EnableKeyRotation"] is True


def test_services_use_a_key_only_for_this_account(app: Template, data: Template) -> None:
    for template in (app, data):
        for statement in template.one("AWS::KMS::Key")["KeyPolicy"]["Statement"]:
            if "Service" in statement["Principal"]:
                assert "AWS::AccountId" in text(statement["Condition"])


def test_the_table_is_the_one_that_the_adapters_are_tested_on(data: Template) -> None:
    indexes = data.one("AWS::DynamoDB::Table")["GlobalSecondaryIndexes"]
    drawn = {
        index["IndexName"]: (
            *[key["AttributeName"] for key in index["KeySchema"]],
            tuple(index["Projection"].get("NonKeyAttributes", ())),
        )
        for index in indexes
    }

    assert drawn == plan.INDEXES
    assert set(plan.PUBLIC) == set(PUBLIC_ATTRIBUTES)
