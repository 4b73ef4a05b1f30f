"""Asset folders as zip files, always the same bytes, and the folders they are made of."""

import base64
import hashlib
import io
import json
import os
import zipfile
from pathlib import Path

_EPOCH = (1980, 1, 1, 0, 0, 0)


class Archives:
    """Packs assets and remembers their sources, so that a changed source can be told later."""

    def __init__(self, root: Path, index: Path) -> None:
        self._root = root
        self._index = index
        self._kept = root / ".local" / "archives"
        self._sources: dict[str, tuple[str, str]] = {}

    def content(self, path: Path, *, zipped: bool) -> bytes:
        """The bytes to upload."""
        if not zipped or path.is_file():
            return path.read_bytes()
        archive = self._packed(path)
        source = self._source(path)
        if source is not None:
            digest = base64.b64encode(hashlib.sha256(archive).digest()).decode()
            self._sources[digest] = source
        return archive

    def _packed(self, folder: Path) -> bytes:
        """Packed once: the name of a kept archive says what is in it."""
        kept = self._kept / f"{_listing(folder)}.zip"
        if not kept.is_file():
            self._kept.mkdir(parents=True, exist_ok=True)
            draft = kept.with_suffix(f".{os.getpid()}")
            draft.write_bytes(packed(folder))
            draft.rename(kept)
        return kept.read_bytes()

    def write_index(self) -> None:
        """Leave the index where the functions' executor looks."""
        self._index.write_text(json.dumps(self._sources, indent=1))

    def _source(self, asset: Path) -> tuple[str, str] | None:
        """The folder with the same Python files, and where inside the asset they are."""
        for folder in sorted((self._root / "functions").glob("*/")):
            if _python_files(folder) == _python_files(asset) != {}:
                return str(folder), ""
        layer = self._root / "layers" / "city311" / "python" / "city311"
        inside = asset / "python" / "city311"
        if inside.is_dir() and _python_files(layer) == _python_files(inside):
            return str(layer), "python/city311"
        return None


def packed(folder: Path) -> bytes:
    """A zip of a folder: sorted names, no dates, permissions kept."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bundle:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (path.stat().st_mode & 0xFFFF) << 16
            bundle.writestr(entry, path.read_bytes())
    return buffer.getvalue()


def _python_files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*.py")
        if "__pycache__" not in path.parts
    }


def _listing(folder: Path) -> str:
    """A hash of names, sizes and times: enough to see that a folder is as it was."""
    whole = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        seen = path.stat()
        name = path.relative_to(folder).as_posix()
        whole.update(f"{name}\0{seen.st_size}\0{seen.st_mtime_ns}\0".encode())
    return whole.hexdigest()[:32]
