"""A small cloud assembly with every kind of resource that the bridges are about."""

import json
import shutil
from pathlib import Path
from typing import Any

BUCKET = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"
HERE = Path(__file__).parent
Json = dict[str, Any]


def sub(text: str) -> Json:
    return {"Fn::Sub": text}


def att(name: str, attribute: str = "Arn") -> Json:
    return {"Fn::GetAtt": [name, attribute]}


def ref(name: str) -> Json:
    return {"Ref": name}


def resource(kind: str, **properties: Any) -> Json:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def role(service: str, *statements: Json) -> Json:
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    return resource(
        "IAM::Role",
        AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [trust]},
        Policies=[
            {
                "PolicyName": "Own",
                "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)},
            }
        ],
    )


def allow(actions: Any, resources: Any, **more: Any) -> Json:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def deny(actions: Any, resources: Any, **more: Any) -> Json:
    return {"Effect": "Deny", "Action": actions, "Resource": resources, **more}


def leading(*prefixes: str) -> Json:
    return {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(prefixes)}}


def function(role_name: str, **more: Any) -> Json:
    return resource(
        "Lambda::Function",
        Code={"S3Bucket": sub(BUCKET), "S3Key": "probe.zip"},
        Handler="index.handle",
        Runtime="python3.13",
        Role=att(role_name),
        Layers=[ref("Shelf")],
        Environment={
            "Variables": {"TABLE_NAME": ref("Table"), "SHELF": "/opt/python/shelfware/__init__.py"}
        },
        **{"MemorySize": 256, "Timeout": 20, **more},
    )


def permission(service: str, source: Any) -> Json:
    return resource(
        "Lambda::Permission",
        Action="lambda:InvokeFunction",
        FunctionName=ref("Probe"),
        Principal=f"{service}.amazonaws.com",
        SourceArn=source,
    )


def table() -> Json:
    def key(name: str, kind: str) -> Json:
        return {"AttributeName": name, "KeyType": kind}

    return resource(
        "DynamoDB::Table",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "cell")
        ],
        KeySchema=[key("pk", "HASH"), key("sk", "RANGE")],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "nearby",
                "KeySchema": [key("cell", "HASH"), key("sk", "RANGE")],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["status"]},
            }
        ],
        StreamSpecification={"StreamViewType": "NEW_AND_OLD_IMAGES"},
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        TimeToLiveSpecification={"AttributeName": "ttl", "Enabled": True},
        SSESpecification={"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": att("Key")},
        DeletionProtectionEnabled=True,
    )


def machine() -> Json:
    """Task kinds that the lifecycle uses, chosen by `$.path`."""

    def invoke(name: str, **more: Any) -> Json:
        return {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "${Probe}", "Payload.$": "$.payload"},
            **more,
        }

    def wait(**more: Any) -> Json:
        payload = {
            "act": "keep",
            "name.$": "$$.Execution.Name",
            "sk.$": "States.Format('{}', $$.State.RetryCount)",
        }
        return {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "Parameters": {
                "FunctionName": "${Probe}",
                "Payload": {
                    **payload,
                    "token.$": "$$.Task.Token",
                    "execution.$": "$$.Execution.Name",
                },
            },
            "End": True,
            **more,
        }

    def publish(topic_path: str) -> Json:
        return {
            "Type": "Task",
            "Resource": "arn:aws:states:::sns:publish",
            "Parameters": {
                "TopicArn.$": topic_path,
                "Message": {"event": "assigned", "id.$": "$$.Execution.Name"},
                "MessageAttributes": {
                    "priority": {"DataType": "String", "StringValue.$": "$.priority"}
                },
            },
            "ResultPath": "$.published",
            "End": True,
        }

    caught = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.problem", "Next": "Caught"}]
    again = [
        {
            "ErrorEquals": ["States.Timeout", "Broken"],
            "IntervalSeconds": 1,
            "MaxAttempts": 1,
            "JitterStrategy": "FULL",
        }
    ]
    states = {
        "Which?": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.path", "StringEquals": name, "Next": name}
                for name in (
                    "invoke",
                    "again",
                    "wait",
                    "path",
                    "heart",
                    "retry",
                    "lost",
                    "publish",
                    "outside",
                    "deny",
                )
            ],
            "Default": "Unknown",
        },
        "Unknown": {"Type": "Fail", "Error": "Unknown", "Cause": "no such path"},
        "Caught": {"Type": "Pass", "End": True},
        "invoke": invoke("invoke", End=True, OutputPath="$.Payload"),
        "again": invoke("again", End=True, Retry=again, Catch=caught),
        "wait": wait(),
        "path": wait(TimeoutSecondsPath="$.seconds", Catch=caught),
        "heart": wait(HeartbeatSeconds=5, TimeoutSeconds=60, Catch=caught),
        "retry": wait(TimeoutSeconds=1, Retry=again, Catch=caught),
        "lost": {
            **wait(Catch=caught, TimeoutSeconds=60),
            "Parameters": {
                "FunctionName": "${Probe}",
                "Payload": {"act": "fail", "token.$": "$$.Task.Token"},
            },
        },
        "publish": publish("$.topic"),
        "outside": {**publish("$.topic"), "Catch": caught},
        "deny": {
            **invoke("deny", End=True, Catch=caught),
            "Parameters": {"FunctionName": "${Other}", "Payload": {}},
        },
    }
    return {"StartAt": "Which?", "States": states}


def rest_api() -> dict[str, Json]:
    def method(path: Any, verb: str, **more: Any) -> Json:
        uri = sub(
            "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Probe.Arn}/invocations"
        )
        return resource(
            "ApiGateway::Method",
            RestApiId=ref("Api"),
            ResourceId=path,
            HttpMethod=verb,
            Integration={"Type": "AWS_PROXY", "IntegrationHttpMethod": "POST", "Uri": uri},
            **{"AuthorizationType": "NONE", **more},
        )

    def part(parent: Any, name: str) -> Json:
        return resource(
            "ApiGateway::Resource", RestApiId=ref("Api"), ParentId=parent, PathPart=name
        )

    methods = ["ApiGet", "ApiPost", "OpenGet", "StaffGet"]
    return {
        "Api": resource(
            "ApiGateway::RestApi", Name="small", BinaryMediaTypes=["multipart/form-data", "image/*"]
        ),
        "ApiRoot": part(att("Api", "RootResourceId"), "api"),
        "ApiThing": part(ref("ApiRoot"), "{thing}"),
        "ApiStaff": part(ref("ApiRoot"), "staff"),
        "ApiGet": method(ref("ApiThing"), "GET"),
        "ApiPost": method(ref("ApiThing"), "POST"),
        "OpenGet": method(ref("ApiRoot"), "GET"),
        "StaffGet": method(
            ref("ApiStaff"),
            "GET",
            AuthorizationType="COGNITO_USER_POOLS",
            AuthorizerId=ref("ApiAuthorizer"),
        ),
        "ApiAuthorizer": resource(
            "ApiGateway::Authorizer",
            RestApiId=ref("Api"),
            Name="staff",
            Type="COGNITO_USER_POOLS",
            IdentitySource="method.request.header.Authorization",
            ProviderARNs=[att("Pool")],
        ),
        "ApiMissing": resource(
            "ApiGateway::GatewayResponse",
            RestApiId=ref("Api"),
            ResponseType="DEFAULT_4XX",
            ResponseTemplates={
                "application/json": '[{"code":400,"description":$context.error.messageString}]',
                "text/xml": "<errors/>",
            },
        ),
        "ApiDeployment": {
            **resource("ApiGateway::Deployment", RestApiId=ref("Api")),
            "DependsOn": methods,
        },
        "ApiStage": resource(
            "ApiGateway::Stage",
            RestApiId=ref("Api"),
            DeploymentId=ref("ApiDeployment"),
            StageName="live",
        ),
        "ApiPermission": permission(
            "apigateway", sub("arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/GET/*")
        ),
    }


def site() -> dict[str, Json]:
    def origin(name: str, domain: Any, **more: Any) -> Json:
        return {"Id": name, "DomainName": domain, **more}

    def behaviour(target: str, **more: Any) -> Json:
        return {
            "TargetOriginId": target,
            "ViewerProtocolPolicy": "redirect-to-https",
            "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
            **more,
        }

    every = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]
    s3_origin = {
        "S3OriginConfig": {"OriginAccessIdentity": ""},
        "OriginAccessControlId": att("Access", "Id"),
    }
    api_host = sub("${Api}.execute-api.${AWS::Region}.amazonaws.com")
    custom = {"CustomOriginConfig": {"OriginProtocolPolicy": "https-only"}, "OriginPath": "/live"}
    read = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": sub("${Web.Arn}/*"),
        "Condition": {
            "StringEquals": {
                "AWS:SourceArn": sub("arn:aws:cloudfront::${AWS::AccountId}:distribution/${Site}")
            }
        },
    }
    return {
        "Web": resource("S3::Bucket"),
        "WebPolicy": resource(
            "S3::BucketPolicy",
            Bucket=ref("Web"),
            PolicyDocument={"Version": "2012-10-17", "Statement": [read]},
        ),
        "Access": resource(
            "CloudFront::OriginAccessControl",
            OriginAccessControlConfig={
                "Name": "small",
                "OriginAccessControlOriginType": "s3",
                "SigningBehavior": "always",
                "SigningProtocol": "sigv4",
            },
        ),
        "Site": resource(
            "CloudFront::Distribution",
            DistributionConfig={
                "Enabled": True,
                "DefaultRootObject": "index.html",
                "Origins": [
                    origin("web", att("Web", "RegionalDomainName"), **s3_origin),
                    origin("api", api_host, **custom),
                ],
                "DefaultCacheBehavior": behaviour("web"),
                "CacheBehaviors": [
                    behaviour(
                        "api",
                        PathPattern="/api/*",
                        AllowedMethods=every,
                        OriginRequestPolicyId="b689b0a8-53d0-40ab-baf2-68738e2966ac",
                    )
                ],
            },
        ),
    }


def template() -> Json:
    own = [sub("${Table.Arn}"), sub("${Table.Arn}/index/*")]
    resources: dict[str, Json] = {
        "Key": resource(
            "KMS::Key",
            KeyPolicy={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        **allow("kms:*", "*"),
                        "Principal": {"AWS": sub("arn:aws:iam::${AWS::AccountId}:root")},
                    }
                ],
            },
        ),
        "Table": table(),
        "Shelf": resource(
            "Lambda::LayerVersion",
            Content={"S3Bucket": sub(BUCKET), "S3Key": "shelf.zip"},
            CompatibleRuntimes=["python3.13"],
        ),
        "Role": role(
            "lambda",
            allow("dynamodb:PutItem", own, Condition=leading("NOTE#*", "OPEN#*")),
            allow(
                ["dynamodb:GetItem", "dynamodb:UpdateItem"],
                own,
                Condition=leading("OPEN#*", "AUD#*"),
            ),
            allow("dynamodb:Query", own, Condition=leading("OPEN#*", "cell-open")),
            deny(
                ["dynamodb:UpdateItem", "dynamodb:DeleteItem"],
                "*",
                Condition={"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": ["AUD#*"]}},
            ),
            allow(
                "states:SendTaskSuccess",
                sub("arn:aws:states:${AWS::Region}:${AWS::AccountId}:stateMachine:small-Machine-*"),
            ),
            allow(
                ["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"],
                att("Table", "StreamArn"),
            ),
            allow("dynamodb:ListStreams", "*"),
            allow(
                ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], att("Work")
            ),
            allow("sqs:SendMessage", att("Dead")),
            allow(
                "ses:SendEmail",
                "*",
                Condition={"StringEquals": {"ses:FromAddress": "city@mail.example"}},
            ),
            allow("sns:Publish", "*"),
            deny("sns:Publish", "arn:aws:sns:*:*:*"),
            allow("s3:PutObject", sub("arn:aws:s3:::small-drop-${AWS::AccountId}/*")),
        ),
        "Probe": function("Role"),
        "ProbeVersion": resource("Lambda::Version", FunctionName=ref("Probe")),
        "ProbeLive": resource(
            "Lambda::Alias",
            FunctionName=ref("Probe"),
            FunctionVersion=att("ProbeVersion", "Version"),
            Name="live",
        ),
        "Short": function("Role", Timeout=1),
        "Small": function("Role", MemorySize=128),
        "Other": function("Role"),
        "Urgent": resource("SNS::Topic"),
        "Private": resource("SNS::Topic"),
        "Work": resource("SQS::Queue", VisibilityTimeout=30),
        "Dead": resource("SQS::Queue"),
        "Inbox": resource("SQS::Queue"),
        "InboxPolicy": resource(
            "SQS::QueuePolicy",
            Queues=[ref("Inbox")],
            PolicyDocument={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        **allow("sqs:SendMessage", att("Inbox")),
                        "Principal": {"Service": "sns.amazonaws.com"},
                        "Condition": {"ArnEquals": {"aws:SourceArn": ref("Urgent")}},
                    },
                    {
                        **deny("sqs:*", att("Inbox")),
                        "Principal": "*",
                        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                    },
                ],
            },
        ),
        "Subscription": resource(
            "SNS::Subscription",
            TopicArn=ref("Urgent"),
            Protocol="sqs",
            Endpoint=att("Inbox"),
            RawMessageDelivery=True,
            FilterPolicy={"priority": ["high"]},
        ),
        "MachineRole": role(
            "states",
            allow("lambda:InvokeFunction", att("Probe")),
            allow("sns:Publish", ref("Urgent")),
        ),
        "Machine": resource(
            "StepFunctions::StateMachine",
            DefinitionString=json.dumps(machine()),
            DefinitionSubstitutions={"Probe": att("Probe"), "Other": att("Other")},
            RoleArn=att("MachineRole"),
        ),
        "Brief": resource(
            "StepFunctions::StateMachine",
            DefinitionString=json.dumps(
                {"StartAt": "W", "TimeoutSeconds": 2, "States": {"W": machine()["States"]["wait"]}}
            ),
            DefinitionSubstitutions={"Probe": att("Probe")},
            RoleArn=att("MachineRole"),
        ),
        "Stream": resource(
            "Lambda::EventSourceMapping",
            FunctionName=ref("ProbeLive"),
            EventSourceArn=att("Table", "StreamArn"),
            StartingPosition="TRIM_HORIZON",
            BatchSize=10,
            BisectBatchOnFunctionError=True,
            MaximumRetryAttempts=2,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            DestinationConfig={"OnFailure": {"Destination": att("Dead")}},
            FilterCriteria={
                "Filters": [
                    {
                        "Pattern": json.dumps(
                            {"dynamodb": {"Keys": {"pk": {"S": [{"prefix": "OPEN#"}]}}}}
                        )
                    }
                ]
            },
        ),
        "Mapping": resource(
            "Lambda::EventSourceMapping",
            FunctionName=ref("Probe"),
            EventSourceArn=att("Work"),
            BatchSize=5,
            FunctionResponseTypes=["ReportBatchItemFailures"],
        ),
        "DropPermission": permission("s3", sub("arn:aws:s3:::small-drop-${AWS::AccountId}")),
        "Drop": {
            **resource(
                "S3::Bucket",
                BucketName=sub("small-drop-${AWS::AccountId}"),
                LifecycleConfiguration={"Rules": [{"Status": "Enabled", "ExpirationInDays": 2}]},
                NotificationConfiguration={
                    "LambdaConfigurations": [
                        {
                            "Event": "s3:ObjectCreated:*",
                            "Function": att("Probe"),
                            "Filter": {
                                "S3Key": {"Rules": [{"Name": "prefix", "Value": "uploads/"}]}
                            },
                        }
                    ]
                },
            ),
            "DependsOn": "DropPermission",
        },
        "Sender": resource("SES::EmailIdentity", EmailIdentity="mail.example"),
        "Settings": resource("SES::ConfigurationSet"),
        "MailEvents": resource("SNS::Topic"),
        "MailInbox": resource("SQS::Queue"),
        "MailInboxPolicy": resource(
            "SQS::QueuePolicy",
            Queues=[ref("MailInbox")],
            PolicyDocument={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        **allow("sqs:SendMessage", att("MailInbox")),
                        "Principal": {"Service": "sns.amazonaws.com"},
                    }
                ],
            },
        ),
        "MailSubscription": resource(
            "SNS::Subscription",
            TopicArn=ref("MailEvents"),
            Protocol="sqs",
            Endpoint=att("MailInbox"),
            RawMessageDelivery=True,
        ),
        "MailDestination": resource(
            "SES::ConfigurationSetEventDestination",
            ConfigurationSetName=ref("Settings"),
            EventDestination={
                "Enabled": True,
                "MatchingEventTypes": ["SEND", "DELIVERY", "BOUNCE"],
                "SnsDestination": {"TopicARN": ref("MailEvents")},
            },
        ),
        "Round": resource(
            "Events::Rule",
            ScheduleExpression="rate(1 minute)",
            Targets=[
                {"Id": "probe", "Arn": att("Probe"), "Input": '{"act":"keep","name":"round"}'}
            ],
        ),
        "RoundPermission": permission("events", att("Round")),
        "Pool": resource("Cognito::UserPool", UsernameAttributes=["email"]),
        "PoolClient": resource(
            "Cognito::UserPoolClient",
            UserPoolId=ref("Pool"),
            ExplicitAuthFlows=[
                "ALLOW_ADMIN_USER_PASSWORD_AUTH",
                "ALLOW_USER_PASSWORD_AUTH",
                "ALLOW_REFRESH_TOKEN_AUTH",
            ],
        ),
        **{
            f"Group{number}": resource(
                "Cognito::UserPoolGroup", UserPoolId=ref("Pool"), GroupName=name
            )
            for number, name in enumerate(
                ("agent", "supervisor", "auditor", "admin", "department", "dept-streets")
            )
        },
        **rest_api(),
        **site(),
    }
    names = {
        "TableName": ref("Table"),
        "StateMachineArn": ref("Machine"),
        "BriefArn": ref("Brief"),
        "UserPoolId": ref("Pool"),
        "UserPoolClientId": ref("PoolClient"),
        "ProbeName": ref("Probe"),
        "ShortName": ref("Short"),
        "SmallName": ref("Small"),
        "TopicArn": ref("Urgent"),
        "PrivateTopicArn": ref("Private"),
        "InboxUrl": ref("Inbox"),
        "WorkUrl": ref("Work"),
        "DeadUrl": ref("Dead"),
        "MailInboxUrl": ref("MailInbox"),
        "ConfigurationSetName": ref("Settings"),
        "QuarantineBucketName": ref("Drop"),
        "WebBucketName": ref("Web"),
        "SiteUrl": sub("https://${Site.DomainName}"),
        "ApiId": ref("Api"),
        "KeyArn": att("Key"),
    }
    return {
        "Resources": resources,
        "Outputs": {name: {"Value": value} for name, value in names.items()},
    }


def write(folder: Path) -> None:
    """The assembly, as the CDK would write it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "small.template.json").write_text(json.dumps(template()))
    files = {}
    for name in ("probe", "shelf"):
        shutil.copytree(
            HERE / name, folder / f"asset.{name}", ignore=shutil.ignore_patterns("__pycache__")
        )
        destination = {"here": {"bucketName": BUCKET, "objectKey": f"{name}.zip"}}
        files[name] = {
            "source": {"path": f"asset.{name}", "packaging": "zip"},
            "destinations": destination,
        }
    (folder / "small.assets.json").write_text(json.dumps({"files": files}))
    artifacts = {
        "small.assets": {"type": "cdk:asset-manifest", "properties": {"file": "small.assets.json"}},
        "small": {
            "type": "aws:cloudformation:stack",
            "dependencies": ["small.assets"],
            "properties": {"templateFile": "small.template.json", "stackName": "small"},
        },
    }
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
