"""What the constructs are drawn from: one city, one stage, the code, the two route tables."""

import hashlib
import tomllib
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from city311.domain.catalogue import City
from infra.stages import BadSettings, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Plans:
    """Everything that is decided before the first construct.

    ``city_json``: the city as the functions read it. ``intake`` and ``status``: the Chalice
    objects, whose routes are the API. ``local``: build compiled wheels for this machine.
    """

    root: Path
    city_id: str
    city: City
    city_json: str
    stage: Stage
    intake: Any
    status: Any
    local: bool = False

    @property
    def prefix(self) -> str:
        """The start of every physical name."""
        return f"city311-{self.city_id}-{self.stage.name}"

    @property
    def lifecycle(self) -> str:
        """The state machine's definition, before its substitutions."""
        return (self.root / "infra" / "lifecycle.asl.json").read_text(encoding="utf-8")

    @property
    def lifecycle_version(self) -> str:
        """Names the definition: a hash of its text."""
        return hashlib.sha256(self.lifecycle.encode()).hexdigest()[:12]

    @property
    def code_version(self) -> str:
        """The release, and a hash of all code that the functions run."""
        pyproject = (self.root / "pyproject.toml").read_text(encoding="utf-8")
        release = str(tomllib.loads(pyproject)["project"]["version"])
        code = [self.root / "layers" / "city311" / "python", self.root / "functions"]
        digest = hashlib.sha256()
        for folder in code:
            digest.update(tree_digest(folder).encode())
        digest.update((self.root / "requirements" / "lambda.lock").read_bytes())
        return f"{release}+{digest.hexdigest()[:12]}"

    @property
    def content_version(self) -> str:
        """A hash of all that a function runs: code, libraries, the city's data.

        It is part of each function's description: a layer's new content alone would not make a
        new version of the function, and the alias would go on with the old one.
        """
        digest = hashlib.sha256(f"{self.code_version}\0{self.city_json}".encode())
        for lock in ("lambda.lock", "photo.lock"):
            digest.update((self.root / "requirements" / lock).read_bytes())
        return digest.hexdigest()[:12]

    @property
    def sender(self) -> str:
        """The address that mails come from."""
        return parseaddr(self.city.mail_from)[1]

    @property
    def mail_identity(self) -> str:
        """The domain or address that SES verifies. Raises BadSettings if it is not the sender's."""
        domain = self.sender.partition("@")[2]
        identity = self.stage.mail_identity or domain
        if identity not in (self.sender, domain) and not domain.endswith(f".{identity}"):
            raise BadSettings(
                f"The city sends from {self.sender}, which the identity {identity} does not cover."
            )
        return identity


def tree_digest(folder: Path) -> str:
    """A hash of all source files below ``folder``: their names and their bytes."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and is_source(path):
            digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_source(path: Path) -> bool:
    """Whether people wrote it, and no interpreter or installer left it behind."""
    return path.suffix != ".pyc" and not any(
        part == "__pycache__" or part.endswith(".egg-info") for part in path.parts
    )
