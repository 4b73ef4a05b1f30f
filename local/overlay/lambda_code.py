"""Code and layers as directories: unpacked once a hash, with changed sources laid over."""

import base64
import hashlib
import json
import os
import shutil
import threading
import time
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

_CHECK_SECONDS = 0.5


def _digest(archive: bytes) -> str:
    return base64.b64encode(hashlib.sha256(archive).digest()).decode()


def _link_tree(source: Path, target: Path) -> None:
    shutil.copytree(source, target, copy_function=_replace_by_link, dirs_exist_ok=True)


def _replace_by_link(source: str, target: str) -> None:
    Path(target).unlink(missing_ok=True)
    os.link(source, target)


@dataclass(frozen=True, slots=True)
class Files:
    """Where a function's code and its /opt are, and the revision of both."""

    task: Path
    opt: Path
    revision: str


class Sources:
    """Which folder of the project an uploaded archive was made from; what has changed in it since.

    The index is written by the deployment: archive digest -> [folder, path inside the archive].
    An archive that is not in the index never changes.
    """

    def __init__(self, index: Path) -> None:
        self._index = index
        self._seen: dict[Path, tuple[float, str]] = {}

    def folder(self, digest: str) -> tuple[Path, str] | None:
        """The folder, and where in the archive it is."""
        try:
            entry = json.loads(self._index.read_text()).get(digest)
        except (OSError, ValueError):
            return None
        return (Path(entry[0]), entry[1]) if entry else None

    def revision(self, digest: str) -> str:
        """A word that changes when a source of the archive changes; empty while nothing did."""
        found = self.folder(digest)
        if found is None:
            return ""
        folder = found[0]
        checked, revision = self._seen.get(folder, (0.0, ""))
        if time.monotonic() - checked < _CHECK_SECONDS:
            return revision
        stamps = sorted((str(path), path.stat().st_mtime_ns) for path in folder.rglob("*.py"))
        revision = hashlib.sha256(json.dumps(stamps).encode()).hexdigest()[:16]
        self._seen[folder] = (time.monotonic(), revision)
        return revision


class Shelf:
    """Unpacked archives on disk, each under its hash."""

    def __init__(self, root: Path, sources: Sources) -> None:
        self._root = root
        self._sources = sources
        self._lock = threading.Lock()

    def files(self, code: bytes, layers: list[bytes]) -> Files:
        """The directories of a function whose archives are these, as its sources stand now."""
        with self._lock:
            task = self._unpacked(code)
            parts = [self._unpacked(layer) for layer in layers]
            name = hashlib.sha256("".join(part.name for part in parts).encode()).hexdigest()[:24]
            opt = self._root / f"opt-{name}"
            if not opt.exists():
                self._merge(parts, opt)
        return Files(task, opt, f"{task.name}:{opt.name}")

    def _merge(self, parts: list[Path], opt: Path) -> None:
        draft = opt.with_suffix(".draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        for part in parts:
            _link_tree(part, draft)
        draft.rename(opt)

    def _unpacked(self, archive: bytes) -> Path:
        digest = _digest(archive)
        name = hashlib.sha256(digest.encode()).hexdigest()[:24]
        original = self._root / name
        if not original.exists():
            draft = self._root / f"{name}.draft"
            shutil.rmtree(draft, ignore_errors=True)
            with zipfile.ZipFile(BytesIO(archive)) as bundle:
                bundle.extractall(draft)
            draft.rename(original)
            self._mark(original, self._sources.revision(digest))
        revision = self._sources.revision(digest)
        if not revision or revision == self._marked(original):
            return original
        return self._overlaid(original, digest, revision)

    def _overlaid(self, original: Path, digest: str, revision: str) -> Path:
        """The archive with today's sources instead of those it was made from."""
        target = original.with_name(f"{original.name}-{revision}")
        found = self._sources.folder(digest)
        if target.exists() or found is None:
            return target
        folder, inside = found
        draft = target.with_suffix(".draft")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(original, draft, ignore=shutil.ignore_patterns("*.pyc"))
        shutil.rmtree(draft / inside, ignore_errors=True)
        shutil.copytree(
            folder, draft / inside, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
        )
        draft.rename(target)
        return target

    @staticmethod
    def _mark(original: Path, revision: str) -> None:
        original.with_suffix(".revision").write_text(revision)

    @staticmethod
    def _marked(original: Path) -> str:
        try:
            return original.with_suffix(".revision").read_text()
        except OSError:
            return ""
