"""Check the pages: ``python -m web.check`` brings the checker, checks all types and builds."""

import hashlib

from web.build import build
from web.node import HERE, npm, run

MODULES = HERE / "node_modules"
TSC = "node_modules/typescript/bin/tsc"


def install() -> None:
    """Bring what ``package-lock.json`` names, unless it is there already."""
    locked = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    mark = MODULES / ".installed"
    if not mark.is_file() or mark.read_text() != locked:
        run(npm(), "ci")
        mark.write_text(locked)


def types() -> None:
    """Check the types of pages, build and tests. Raises CalledProcessError with the findings."""
    for project in ("tsconfig.json", "tsconfig.tools.json"):
        run(TSC, "--project", project)


if __name__ == "__main__":
    install()
    types()
    build()
