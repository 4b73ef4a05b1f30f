"""Stacks into an account by public APIs only: assets to S3, templates to CloudFormation."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from local.archives import Archives
from local.assembly import Assembly, Asset, Stack
from local.errors import DeploymentFailed

Progress = Callable[[str], None]
Clients = Callable[[str], Any]
_LOOK_SECONDS = 0.2
_LIMIT_SECONDS = 300.0
_BOOTSTRAP_PARAMETER = "/cdk-bootstrap/hnb659fds/version"
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]


class Deployment:
    """Brings the account to what an assembly says."""

    def __init__(
        self,
        clients: Clients,
        archives: Archives,
        progress: Progress,
        parameters: Mapping[str, str] | None = None,
    ) -> None:
        self._clients = clients
        self._archives = archives
        self._progress = progress
        self._parameters = parameters or {}

    def deploy(self, assembly: Assembly) -> dict[str, str]:
        """Create or update every stack in order; their outputs together.

        DeploymentFailed with the first reason that CloudFormation gives.
        """
        self._bootstrap()
        outputs: dict[str, str] = {}
        for stack in assembly.stacks():
            for asset in stack.assets:
                self._upload(asset)
            outputs.update(self._bring(stack))
        self._archives.write_index()
        return outputs

    def _bootstrap(self) -> None:
        ssm = self._clients("ssm")
        ssm.put_parameter(Name=_BOOTSTRAP_PARAMETER, Value="30", Type="String", Overwrite=True)

    def _upload(self, asset: Asset) -> None:
        s3 = self._clients("s3")
        self._ensure_bucket(asset.bucket)
        content = self._archives.content(asset.path, zipped=asset.zipped)
        if not _is_there(s3, asset, content):
            s3.put_object(Bucket=asset.bucket, Key=asset.key, Body=content)

    def _ensure_bucket(self, name: str) -> None:
        s3 = self._clients("s3")
        try:
            s3.head_bucket(Bucket=name)
        except ClientError:
            s3.create_bucket(Bucket=name)

    def _bring(self, stack: Stack) -> dict[str, str]:
        formation = self._clients("cloudformation")
        status = self._status(stack.name)
        if status and (status.startswith("ROLLBACK") or status.endswith("FAILED")):
            formation.delete_stack(StackName=stack.name)
            self._await(stack.name)
            status = None
        request = {
            "StackName": stack.name,
            "TemplateURL": self._publish(stack),
            "Parameters": self._chosen(stack),
            "Capabilities": _CAPABILITIES,
        }
        self._progress(f"{'Updating' if status else 'Deploying'} {stack.name}")
        if not self._ask(request, new=status is None):
            return self._outputs(stack.name)
        final = self._await(stack.name)
        if final not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
            raise DeploymentFailed(f"{stack.name}: {final}. {self._reason(stack.name)}")
        return self._outputs(stack.name)

    def _chosen(self, stack: Stack) -> list[dict[str, str]]:
        """Values for the parameters that the template has."""
        declared = json.loads(stack.template.read_text()).get("Parameters", {})
        values = {**stack.parameters, **self._parameters}
        return [
            {"ParameterKey": name, "ParameterValue": value}
            for name, value in values.items()
            if name in declared
        ]

    def _publish(self, stack: Stack) -> str:
        """Put the template where CloudFormation can read it: it is larger than a request may be."""
        s3 = self._clients("s3")
        bucket = next((asset.bucket for asset in stack.assets), "cdk-templates")
        self._ensure_bucket(bucket)
        key = f"{stack.name}.template.json"
        s3.put_object(Bucket=bucket, Key=key, Body=stack.template.read_bytes())
        return f"{s3.meta.endpoint_url}/{bucket}/{key}"

    def _ask(self, request: Mapping[str, Any], *, new: bool) -> bool:
        """Whether there was anything to do."""
        formation = self._clients("cloudformation")
        try:
            formation.create_stack(**request) if new else formation.update_stack(**request)
        except ClientError as error:
            if "No updates are to be performed" in str(error):
                return False
            raise DeploymentFailed(f"{request['StackName']}: {error}") from error
        return True

    def _status(self, name: str) -> str | None:
        try:
            stacks = self._clients("cloudformation").describe_stacks(StackName=name)["Stacks"]
        except ClientError:
            return None
        status = str(stacks[0]["StackStatus"])
        return None if status == "DELETE_COMPLETE" else status

    def _await(self, name: str) -> str | None:
        deadline = time.monotonic() + _LIMIT_SECONDS
        while time.monotonic() < deadline:
            status = self._status(name)
            if status is None or not status.endswith("IN_PROGRESS"):
                return status
            time.sleep(_LOOK_SECONDS)
        raise DeploymentFailed(
            f"{name} is still {self._status(name)} after {_LIMIT_SECONDS:.0f} seconds."
        )

    def _reason(self, name: str) -> str:
        events = self._clients("cloudformation").describe_stack_events(StackName=name)[
            "StackEvents"
        ]
        failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
        if not failed:
            return ""
        first = failed[-1]
        name, kind = first["LogicalResourceId"], first["ResourceType"]
        return f"{name} ({kind}): {first.get('ResourceStatusReason', '')}"

    def _outputs(self, name: str) -> dict[str, str]:
        stack = self._clients("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
        return {entry["OutputKey"]: entry["OutputValue"] for entry in stack.get("Outputs", [])}


def _is_there(s3: Any, asset: Asset, content: bytes) -> bool:
    """Whether the bucket has these very bytes."""
    try:
        tag = s3.head_object(Bucket=asset.bucket, Key=asset.key)["ETag"]
    except ClientError:
        return False
    return bool(tag.strip('"') == hashlib.md5(content, usedforsecurity=False).hexdigest())
