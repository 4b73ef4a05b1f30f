"""The layers: wheels from the lock files, our own code, the city's data."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import bundling
from infra.interpreters import lambda_interpreter
from infra.plans import Plans, tree_digest


@jsii.implements(cdk.ILocalBundling)
class Build:
    """A build step that runs here; the container image that CDK asks for is never pulled."""

    def __init__(self, make: Callable[[Path], None]) -> None:
        self._make = make

    def try_bundle(self, output_dir: str, *, image: Any = None, **_: Any) -> bool:
        """Fill ``output_dir``. Always True: there is no other way to build it."""
        self._make(Path(output_dir))
        return True


class Layers(Construct):
    """The four layers. Only ``deps`` and ``photo`` depend on the machine they are built for."""

    def __init__(self, scope: Construct, id: str, *, plans: Plans) -> None:
        super().__init__(scope, id)
        requirements = plans.root / "requirements"
        self.deps = self._wheels("Deps", requirements / "lambda.lock", local=plans.local)
        self.photo = self._wheels("Photo", requirements / "photo.lock", local=plans.local)
        self.city311 = self._own_code(plans.root / "layers" / "city311" / "python")
        self.city = self._city(plans)

    def _wheels(self, id: str, lock: Path, *, local: bool) -> lambda_.LayerVersion:
        target = bundling.target(local=local)
        return self._layer(
            id,
            lock.parent,
            bundling.wheels_hash(lock, target),
            lambda out: bundling.install_wheels(lock, target, out),
        )

    def _own_code(self, source: Path) -> lambda_.LayerVersion:
        compiler = lambda_interpreter()
        name = f"{bundling.BUILDER}\0{'pyc' if compiler else 'nopyc'}\0{tree_digest(source)}"
        return self._layer(
            "City311",
            source,
            _digest(name),
            lambda out: bundling.copy_sources(source, out, compiler),
        )

    def _city(self, plans: Plans) -> lambda_.LayerVersion:
        def make(out: Path) -> None:
            (out / "city").mkdir()
            (out / "city" / "city.json").write_text(plans.city_json, encoding="utf-8")

        source = plans.root / "requirements"  # any folder that exists: the data is in the plans
        return self._layer("City", source, _digest(plans.city_json), make)

    def _layer(
        self, id: str, source: Path, digest: str, make: Callable[[Path], None]
    ) -> lambda_.LayerVersion:
        code = lambda_.Code.from_asset(
            str(source),
            asset_hash=digest,
            asset_hash_type=cdk.AssetHashType.CUSTOM,
            bundling=cdk.BundlingOptions(
                image=cdk.DockerImage.from_registry("scratch"), local=Build(make)
            ),
        )
        return lambda_.LayerVersion(
            self,
            id,
            code=code,
            compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
            compatible_architectures=[lambda_.Architecture.ARM_64],
        )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
