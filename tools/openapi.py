"""Writes the published document of the JSON API: ``python -m tools.openapi``."""

import json
import tomllib
from pathlib import Path

from city311.api.openapi import document
from functions.intake.app import app as intake
from functions.status.app import app as status

ROOT = Path(__file__).resolve().parent.parent
PUBLISHED = ROOT / "docs" / "openapi.json"


def text() -> str:
    """The document of this release."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    whole = document((intake, status), pyproject["project"]["version"])
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PUBLISHED.write_text(text(), encoding="utf-8")
    print(f"{PUBLISHED.relative_to(ROOT)} is written.")
