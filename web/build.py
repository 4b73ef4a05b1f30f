"""Make the pages: ``python -m web.build [FOLDER]``; without a folder it is ``web/site``."""

import sys
from pathlib import Path

from web.node import HERE, run

SITE = HERE / "site"


def build(out: Path = SITE) -> Path:
    """Make the site in ``out``, which is replaced whole; untouched if nothing changed.

    Needs Node and nothing else: no npm install. The same sources make the same bytes. Raises
    NodeMissingError, or CalledProcessError with what the build found wrong.
    """
    run("build.ts", str(out.resolve()))
    return out


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else SITE)
