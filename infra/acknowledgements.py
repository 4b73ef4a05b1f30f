"""Findings of cdk-nag that are right and stay: each with the reason an assessor is given."""

import aws_cdk as cdk
from constructs import Construct, IConstruct

from infra.app_stack import AppStack
from infra.data_stack import DataStack
from infra.plans import Plans

PUBLIC = (
    "Residents and Open311 clients report and read without an account, as GeoReport v2 says. What "
    "they read is an allow-list projection; a private request answers only to its capability of "
    "128 bits, which the function checks. Staff routes have the Cognito authorizer."
)
RUNTIME = (
    "Python 3.13 is supported and chosen with care: the layers' compiled files and the tests are "
    "made with the same minor version. It is raised for all functions at once."
)
CALLED = (
    "Called synchronously (API Gateway, Step Functions) or by a mapping: the caller sees the "
    "failure and retries. Where Lambda itself holds the event (photo, notify, the round), the "
    "alias has a destination for failures, which keeps more than a dead letter."
)
TRACES = (
    "Resource::*: traces (and Step Functions' log deliveries) have no resource to name: AWS "
    "accepts only the wildcard for these actions."
)
TEXTS = "A telephone number has no ARN; a second statement denies every topic, so numbers stay."
OBJECTS = (
    "All objects below one prefix of one bucket, where each photo has a key of its own; the "
    "actions are only those that the room needs."
)
S3_LOGS = (
    "Server access logs would keep residents' network addresses. Only our distribution reads the "
    "site and clean photos; docs/deploy.md has CloudTrail data events as the record of the rest."
)
UNIQUE = (
    '{"Fn::Select":[0,{"Fn::Split":["-",'
    '{"Fn::Select":[2,{"Fn::Split":["/",{"Ref":"AWS::StackId"}]}]}]}]}'
)
CLEAN_ARN = "ExportsOutputFnGetAttCleanPhotosBucketC52BD8C6ArnABEF39D3"
"""How the checker spells two bucket names that CloudFormation fills in."""
UPLOADER = (
    "CDK's helper reads the built pages from the deployment's own bucket and mirrors them into the "
    "site's bucket, whatever their names; an invalidation has no finer resource. It touches no "
    "resident's data, and runs during a deployment only."
)
END_OF_LINE = "This queue is where dead letters end; an alarm wakes a person at the first."


def acknowledge(data: DataStack, app: AppStack, plans: Plans) -> None:
    """Record every finding that stays, at the construct it is about."""
    for bucket in (data.photos, app.web.bucket, app.quarantine.bucket):
        _note(bucket, "AwsSolutions-S1", S3_LOGS)
    _staff(data, plans)
    _api(app, plans)
    _site(app, plans)
    _pages(app)
    _functions(data, app, plans)
    _queues(app)


def _staff(data: DataStack, plans: Plans) -> None:
    pool = data.staff.pool
    _note(
        pool,
        "AwsSolutions-COG8",
        "Plus adds risk scores by paid sign-in. Accounts are made by administrators only, "
        "passwords have 14 characters, and a second factor is required from staging on.",
    )
    if not plans.stage.mfa_required:
        _note(
            pool,
            "AwsSolutions-COG2",
            "A stage for trying things out, without residents' data: a second factor is possible, "
            "and required in staging and production.",
        )


def _api(app: AppStack, plans: Plans) -> None:
    for method in app.api.public_methods:
        _note(method, "AwsSolutions-APIG4", PUBLIC)
        _note(method, "AwsSolutions-COG4", PUBLIC)
    if not plans.stage.firewall:
        _note(
            app.api.rest.deployment_stage,
            "AwsSolutions-APIG3",
            "A stage for trying things out: throttled, without residents. Staging and production "
            "have the firewall.",
        )
    role = app.api.rest.node.find_child("CloudWatchRole")
    policy = "service-role/AmazonAPIGatewayPushToCloudWatchLogs"
    _note(
        role,
        f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{policy}]",
        "API Gateway accepts this role only with the rights of this policy, which writes logs and "
        "nothing else; it is one a region.",
    )


def _site(app: AppStack, plans: Plans) -> None:
    site = app.web.distribution
    _note(
        site,
        "AwsSolutions-CFR3",
        "Access logs would keep residents' network addresses beside what they read. The API's own "
        "log, without either, shows use and errors.",
    )
    _note(
        site,
        "AwsSolutions-CFR1",
        "Residents report from wherever they are, and visitors report too.",
    )
    _note(
        site,
        "Annotation::@aws-cdk/aws-cloudfront-origins:updateImportedBucketPolicyOac",
        "The clean photos' own stack gives the site its right to read them.",
    )
    _note(
        site,
        "AwsSolutions-CFR2",
        "The firewall stands before the API, where calls cost and change something; the rest of "
        "the site is static files out of a cache.",
    )
    if not plans.stage.domain:
        _note(
            site,
            "AwsSolutions-CFR4",
            "CloudFront's own certificate fixes this setting. With the city's domain, which "
            "production has, TLS 1.2 (2021) is the least.",
        )


def _pages(app: AppStack) -> None:
    """The upload of pages: CDK's helper function, which runs during a deployment only."""
    if app.web.pages is None:
        return
    for child in app.node.children:
        if child.node.id.startswith("Custom::CDKBucketDeployment"):
            for rule in ("AwsSolutions-L1", "Serverless-LambdaLatestVersion"):
                _note(child, rule, "CDK chooses the runtime of its helper, and raises it.")
            for rule in ("Serverless-LambdaDLQ", "Serverless-LambdaTracing"):
                _note(child, rule, "CloudFormation waits for it: a failure ends the deployment.")
    bucket = app.resolve(app.web.bucket.bucket_arn)["Fn::GetAtt"][0]
    assets = "arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>"
    found = [f"Action::s3:{verb}*" for verb in ("GetObject", "GetBucket", "List")]
    found += [f"Action::s3:{verb}*" for verb in ("DeleteObject", "Abort")]
    found += [f"Resource::{assets}/*", f"Resource::<{bucket}.Arn>/*", "Resource::*"]
    for finding in found:
        _note(app.web.pages.role, f"AwsSolutions-IAM5[{finding}]", UPLOADER)


def _functions(data: DataStack, app: AppStack, plans: Plans) -> None:
    for function in app.functions.values():
        _note(function.function, "AwsSolutions-L1", RUNTIME)
        _note(function.function, "Serverless-LambdaLatestVersion", RUNTIME)
        _note(function.function, "Serverless-LambdaDLQ", CALLED)
        _note(function.role, "AwsSolutions-IAM5[Resource::*]", TRACES)
    _note(app.lifecycle.role, "AwsSolutions-IAM5[Resource::*]", TRACES)
    _note(app.functions["notify"].role, "AwsSolutions-IAM5[Resource::*]", f"{TRACES} {TEXTS}")
    uploads = f"Resource::arn:<AWS::Partition>:s3:::{plans.prefix}-quarantine-{UNIQUE}/uploads/*"
    for room in ("intake", "photo"):
        _note(app.functions[room].role, f"AwsSolutions-IAM5[{uploads}]", OBJECTS)
    clean = f"Resource::{data.stack_name}:{CLEAN_ARN}/photos/*"
    _note(app.functions["photo"].role, f"AwsSolutions-IAM5[{clean}]", OBJECTS)
    _note(
        app.mail,
        "Serverless-LambdaEventSourceMappingDestination",
        "For a queue there is no such destination: after five tries its own dead letters hold the "
        "message.",
    )
    _note(
        app.mail,
        "CloudFormation-Validate::W3694",
        "The subscription calls the function's alias, so that a roll back moves it as well.",
    )


def _queues(app: AppStack) -> None:
    departments = app.departments
    boxes = [departments.mail, departments.emergency_box, *[d.box for d in departments.desks]]
    ends = [box.dead for box in boxes]
    for queue in (*ends, app.mail.feedback_dead, app.unfinished, app.outbox.unheard):
        _note(queue, "AwsSolutions-SQS3", END_OF_LINE)
        _note(queue, "Serverless-SQSRedrivePolicy", END_OF_LINE)


def _note(construct: IConstruct | Construct, id: str, reason: str) -> None:
    pack = id.split("-", maxsplit=1)[0]
    prefixed = f"{pack}::{id}" if pack in ("AwsSolutions", "Serverless") else id
    cdk.Validations.of(construct).acknowledge(cdk.Acknowledgment(id=prefixed, reason=reason))
