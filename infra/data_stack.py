"""What must outlive a deployment: the table, clean photos, staff accounts, their key."""

from typing import Any

import aws_cdk as cdk
from constructs import Construct

from infra.keys import data_key
from infra.photos import CleanPhotos
from infra.plans import Plans
from infra.staff import Staff
from infra.storage import Storage


class DataStack(cdk.Stack):
    """The stateful stack. In a stage that retains, CloudFormation refuses to delete it."""

    def __init__(self, scope: Construct, id: str, *, plans: Plans, **settings: Any) -> None:
        super().__init__(scope, id, termination_protection=plans.stage.retain, **settings)
        self.key = data_key(self, plans)
        self.table = Storage(self, "Storage", plans=plans, key=self.key).table
        self.photos = CleanPhotos(self, "CleanPhotos", plans=plans).bucket
        self.staff = Staff(self, "Staff", plans=plans)
