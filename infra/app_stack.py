"""What a deployment replaces: functions, API, lifecycle, departments, mail, site, alarms."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.alarms import Alarms
from infra.api import STAGE, Api
from infra.dashboard import Watched
from infra.data_stack import DataStack
from infra.departments import Departments
from infra.firewall import Firewall
from infra.function import CityFunction, Workshop
from infra.keys import transit_key, use_through
from infra.layers import Layers
from infra.lifecycle import Lifecycle, Outbox, Reconciler, machine_arn
from infra.mail import Mail
from infra.permissions import table_statements
from infra.photos import CLEAN, UPLOADS, Quarantine, quarantine_name
from infra.plans import Plans
from infra.queues import dead_letters
from infra.rooms import ROOMS
from infra.web import Web


class AppStack(cdk.Stack):
    """The stateless stack, wired in the order a request walks through it."""

    def __init__(
        self, scope: Construct, id: str, *, plans: Plans, data: DataStack, **settings: Any
    ) -> None:
        super().__init__(scope, id, termination_protection=plans.stage.retain, **settings)
        self._plans, self._data = plans, data
        self.key = transit_key(self, plans)
        self._quarantine_name = quarantine_name(self, plans)
        self.api = Api(self, "Api", plans=plans, log_key=data.key, pool=data.staff.pool)
        self.web = Web(
            self,
            "Web",
            plans=plans,
            api_host=self.api.host,
            photos=data.photos,
            quarantine=self._quarantine_name,
            log_key=data.key,
        )
        self.departments = Departments(
            self,
            "Departments",
            plans=plans,
            key=self.key,
            mail_visibility=cdk.Duration.seconds(6 * ROOMS["notify"].timeout_s),
        )
        self.mail = Mail(self, "Mail", plans=plans, key=self.key)
        self.unfinished = dead_letters(self, "Unfinished", self.key)
        self.functions = self._functions()
        self._permissions()
        self.api.answer(self.functions)
        if plans.stage.firewall:
            Firewall(self, "Firewall", plans=plans, api=self.api)
        self.quarantine = Quarantine(
            self,
            "Quarantine",
            name=self._quarantine_name,
            key=self.key,
            site=self.web.url,
            photo=self.functions["photo"].alias,
        )
        keys = (data.key, self.key)
        self.lifecycle = Lifecycle(
            self,
            "Lifecycle",
            plans=plans,
            departments=self.departments,
            functions=self.functions,
            keys=keys,
        )
        self.outbox = Outbox(
            self, "Outbox", table=data.table, lifecycle=self.functions["lifecycle"], keys=keys
        )
        self.reconciler = Reconciler(
            self,
            "Reconciler",
            lifecycle=self.functions["lifecycle"],
            missed=self.unfinished,
        )
        self.mail.delivered_by(self.functions["notify"], self.departments.mail)
        self.alarms = Alarms(self, "Alarms", watched=self._watched(), plans=plans)
        self._outputs()

    def _functions(self) -> dict[str, CityFunction]:
        plans = self._plans
        workshop = Workshop(
            plans=plans,
            layers=Layers(self, "Layers", plans=plans),
            log_key=self._data.key,
            environment={
                "TABLE_NAME": self._data.table.table_name,
                "CITY_FILE": "/opt/city/city.json",
                "SITE_URL": self.web.url,
                "CODE_VERSION": plans.code_version,
                "LIFECYCLE_VERSION": plans.lifecycle_version,
            },
        )
        quarantine = {"QUARANTINE_BUCKET": self._quarantine_name}
        own = {
            "intake": quarantine,
            "photo": quarantine | {"PHOTO_BUCKET": self._data.photos.bucket_name},
            "status": {"STAGE": plans.stage.name},
            "lifecycle": {"STATE_MACHINE_ARN": machine_arn(self, plans)},
            "notify": {"CONFIGURATION_SET": self.mail.settings.configuration_set_name},
        }
        rooms = Construct(self, "Rooms")
        return {
            name: CityFunction(
                rooms,
                name.capitalize(),
                room=room,
                workshop=workshop,
                environment=own.get(name),
            )
            for name, room in ROOMS.items()
        }

    def _permissions(self) -> None:
        for name, function in self.functions.items():
            function.allow(*table_statements(name, self._data.table, self._data.key))
        uploads = f"arn:{self.partition}:s3:::{self._quarantine_name}/{UPLOADS}*"
        self.functions["intake"].allow(
            iam.PolicyStatement(
                sid="FillTheQuarantine", actions=["s3:PutObject"], resources=[uploads]
            ),
            use_through(self.key, ["kms:GenerateDataKey"], "s3"),
        )
        self.functions["photo"].allow(
            iam.PolicyStatement(
                sid="EmptyTheQuarantine",
                actions=["s3:GetObject", "s3:DeleteObject"],
                resources=[uploads],
            ),
            iam.PolicyStatement(
                sid="StoreCleanPhotos",
                actions=["s3:PutObject"],
                resources=[self._data.photos.arn_for_objects(f"{CLEAN}*")],
            ),
            use_through(self.key, ["kms:Decrypt"], "s3"),
        )
        self.functions["lifecycle"].allow(
            iam.PolicyStatement(
                sid="MoveTheLifecycle",
                actions=["states:StartExecution", "states:SendTaskSuccess"],
                resources=[machine_arn(self, self._plans)],
            )
        )
        for name in ("photo", "notify", "lifecycle"):
            self.functions[name].keep_failures(self.unfinished, self.key)

    def _watched(self) -> Watched:
        return Watched(
            functions=self.functions,
            api=self.api.rest,
            table=self._data.table,
            machine=self.lifecycle.machine,
            departments=self.departments,
            unheard=self.outbox.unheard,
            unfinished=self.unfinished,
            feedback_dead=self.mail.feedback_dead,
            round_name=self.reconciler.rule.rule_name,
        )

    def _outputs(self) -> None:
        outputs = {
            "SiteUrl": self.web.url,
            "ApiUrl": f"https://{self.api.host}/{STAGE}",
            "UserPoolId": self._data.staff.pool.user_pool_id,
            "UserPoolClientId": self._data.staff.client.user_pool_client_id,
            "TableName": self._data.table.table_name,
            "StateMachineArn": self.lifecycle.machine.state_machine_arn,
            "QuarantineBucketName": self.quarantine.bucket.bucket_name,
            "PhotoBucketName": self._data.photos.bucket_name,
            "WebBucketName": self.web.bucket.bucket_name,
            "DepartmentTopicPrefix": self.departments.arn_prefix(),
            "DepartmentQueuePrefix": self.departments.url_prefix(),
            "EmergencyQueueUrl": self.departments.emergency_box.queue.queue_url,
            "ConfigurationSetName": self.mail.settings.configuration_set_name,
            "CityName": self._plans.city.name,
        }
        for name, value in outputs.items():
            cdk.CfnOutput(self, name, value=value)
