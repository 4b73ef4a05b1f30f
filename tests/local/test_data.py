"""What the template says about data takes effect."""

from tests.local.conftest import Town


def test_the_table_expires_recovers_and_is_encrypted(town: Town) -> None:
    dynamodb, table = town.client("dynamodb"), town.output("TableName")

    ttl = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    backups = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    description = dynamodb.describe_table(TableName=table)["Table"]

    assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
    recovery = backups["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"
    assert description["SSEDescription"]["SSEType"] == "KMS"
    assert description["SSEDescription"]["KMSMasterKeyArn"] == town.output("KeyArn")
    assert description["DeletionProtectionEnabled"]


def test_objects_of_the_quarantine_expire(town: Town) -> None:
    bucket = town.output("QuarantineBucketName")

    rules = town.client("s3").get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]

    assert [rule["Expiration"] for rule in rules] == [{"Days": 2}]


def test_a_topic_without_a_policy_is_its_accounts(town: Town) -> None:
    sns = town.client("sns")

    policy = sns.get_topic_attributes(TopicArn=town.output("PrivateTopicArn"))["Attributes"][
        "Policy"
    ]

    assert '"AWS:SourceOwner"' in policy
