"""A cloud assembly as the CDK writes it: stacks in order, templates, parameters, assets."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.errors import SynthesisFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file that a stack needs in the bootstrap bucket, under its final name."""

    path: Path
    zipped: bool
    bucket: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """One stack of the assembly."""

    name: str
    template: Path
    parameters: Mapping[str, str]
    assets: tuple[Asset, ...]


@dataclass(frozen=True, slots=True)
class Assembly:
    """The folder `cdk.out`, read for one account and region."""

    folder: Path
    account: str
    region: str

    def stacks(self) -> tuple[Stack, ...]:
        """All stacks, each after those it depends on."""
        manifest = self._json("manifest.json")["artifacts"]
        found = {name: entry for name, entry in manifest.items() if _is_stack(entry)}
        return tuple(self._stack(name, found[name], manifest) for name in _ordered(found))

    def _stack(self, name: str, entry: Mapping[str, Any], manifest: Mapping[str, Any]) -> Stack:
        properties = entry["properties"]
        lists = [
            manifest[dependency]["properties"]["file"]
            for dependency in entry.get("dependencies", [])
            if manifest[dependency]["type"] == "cdk:asset-manifest"
        ]
        return Stack(
            name=properties.get("stackName", name),
            template=self.folder / properties["templateFile"],
            parameters=properties.get("parameters", {}),
            assets=tuple(asset for file in lists for asset in self._assets(file)),
        )

    def _assets(self, file: str) -> Iterator[Asset]:
        for entry in self._json(file).get("files", {}).values():
            source = entry["source"]
            for destination in entry["destinations"].values():
                yield Asset(
                    path=self.folder / source["path"],
                    zipped=source.get("packaging") == "zip",
                    bucket=self._resolved(destination["bucketName"]),
                    key=self._resolved(destination["objectKey"]),
                )

    def _resolved(self, text: str) -> str:
        text = text.replace("${AWS::AccountId}", self.account)
        return text.replace("${AWS::Region}", self.region).replace("${AWS::Partition}", "aws")

    def _json(self, name: str) -> Any:
        try:
            return json.loads((self.folder / name).read_text())
        except (OSError, ValueError) as error:
            raise SynthesisFailed(f"{self.folder / name} cannot be read: {error}") from error


def _is_stack(entry: Mapping[str, Any]) -> bool:
    return bool(entry["type"] == "aws:cloudformation:stack")


def _ordered(stacks: Mapping[str, Mapping[str, Any]]) -> list[str]:
    order: list[str] = []

    def visit(name: str) -> None:
        if name in order:
            return
        for dependency in stacks[name].get("dependencies", []):
            if dependency in stacks:
                visit(dependency)
        order.append(name)

    for name in stacks:
        visit(name)
    return order
