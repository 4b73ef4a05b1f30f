"""The rules of the house that no linter knows, as tests: break one and this file says which."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = ("layers", "functions", "infra", "cli", "local")
ROOMS = ("intake", "triage", "notify", "status", "lifecycle")
MODULE_LINES = 300
HANDLER_LINES = 120


def tracked(*suffixes: str, under: tuple[str, ...] = ()) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [
        ROOT / name
        for name in listed
        if name.endswith(suffixes or ("",))
        and (not under or name.startswith(tuple(f"{folder}/" for folder in under)))
        and (ROOT / name).is_file()
    ]


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def test_a_module_is_a_chapter_not_a_book() -> None:
    long = [p for p in tracked(".py", under=CODE) if len(text(p).splitlines()) > MODULE_LINES]

    assert names(long) == []


def test_a_handler_is_thin() -> None:
    handlers = [
        p for p in tracked(".py", under=("functions",)) if p.name in ("app.py", "handler.py")
    ]

    assert len(handlers) == len(ROOMS)
    assert names([p for p in handlers if len(text(p).splitlines()) > HANDLER_LINES]) == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_is_there_from_floor_to_roof(room: str) -> None:
    assert (ROOT / "functions" / room / "__init__.py").exists()
    assert list((ROOT / "layers/city311/python/city311/usecases").glob("*.py"))
    assert any(room in p.stem or room in text(p) for p in tracked(".py", under=("infra",)))
    assert any(f"functions.{room}" in text(p) for p in tracked(".py", under=("tests",)))


def test_no_code_knows_a_city() -> None:
    cities = [folder.name for folder in (ROOT / "cities").iterdir() if folder.is_dir()]
    knowing = [
        path
        for path in tracked(".py", ".json", ".ts", under=("layers", "functions", "infra", "local"))
        if any(city in text(path).lower() for city in cities)
    ]

    assert cities
    assert names(knowing) == []


def test_locks_name_no_registry() -> None:
    locks = tracked(".lock", "package-lock.json")
    hosts = re.compile(r"https?://[^\s\"]+")

    assert locks
    assert names([p for p in locks if hosts.search(text(p))]) == []


def test_every_lock_is_pinned_by_hash() -> None:
    for path in tracked(".lock", under=("requirements",)):
        pins = [line for line in text(path).splitlines() if re.match(r"[a-z0-9]", line)]

        assert pins, path
        assert all("==" in line and line.endswith("\\") for line in pins), path


def test_the_layer_holds_what_the_functions_import_and_nothing_else() -> None:
    pins = re.findall(r"^([a-z0-9-]+)==", text(ROOT / "requirements/lambda.lock"), re.MULTILINE)

    assert sorted(pins) == [
        "annotated-types",
        "aws-lambda-powertools",
        "chalice",
        "jmespath",
        "pydantic",
        "pydantic-core",
        "typing-extensions",
        "typing-inspection",
        "tzdata",
    ]


def test_the_runtime_is_one_version_everywhere() -> None:
    version = text(ROOT / ".python-version").strip()
    runtime = f"PYTHON_{version.replace('.', '_')}"

    assert any(runtime in text(path) for path in tracked(".py", under=("infra",)))


def test_aws_clients_are_made_in_one_place() -> None:
    made = re.compile(r"\b(create_client|boto3\.(client|resource))\(")
    makers = [p for p in tracked(".py", under=("layers", "functions")) if made.search(text(p))]

    assert names(makers) == ["layers/city311/python/city311/adapters/clients.py"]


def test_nothing_is_left_for_later_in_the_code() -> None:
    later = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b|NotImplemented" + r"Error")
    left = [p for p in tracked(".py", ".ts", under=CODE) if later.search(text(p))]

    assert names(left) == []


def test_the_readme_names_only_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text(ROOT / "Makefile"), re.MULTILINE))
    named = set(re.findall(r"`?make ([a-z-]+)", text(ROOT / "README.md")))

    assert {"run", "test", "demo"} <= named <= targets


def test_every_decision_says_when_and_how_firmly() -> None:
    records = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))

    assert records
    for record in records:
        assert re.search(r"^Date: \d{4}-\d{2}-\d{2}", text(record), re.MULTILINE), record
        assert re.search(r"^Status: (accepted|superseded)", text(record), re.MULTILINE), record
        assert re.search(r"^Door: (one-way|two-way)", text(record), re.MULTILINE), record


def test_every_link_between_documents_leads_somewhere() -> None:
    broken = []
    for page in tracked(".md"):
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text(page)):
            if not re.match(r"[a-z]+:", target) and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} -> {target}")

    assert broken == []
