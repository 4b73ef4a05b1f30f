"""A changed source is run without a new deployment."""

import base64
import hashlib
import io
import json
import shutil
import zipfile
from pathlib import Path

from local.archives import Archives, packed
from local.overlay.lambda_code import Shelf, Sources
from tests.local.conftest import Town, eventually


def digest(archive: bytes) -> str:
    return base64.b64encode(hashlib.sha256(archive).digest()).decode()


def test_a_running_function_takes_up_a_change(town: Town, tmp_path: Path) -> None:
    location = town.client("lambda").get_function(FunctionName=town.output("ProbeName"))
    source = tmp_path / "probe"
    shutil.copytree(
        Path(__file__).parent / "probe", source, ignore=shutil.ignore_patterns("__pycache__")
    )
    index = town.city.layout.sources
    before = index.read_text()
    known = {location["Configuration"]["CodeSha256"]: [str(source), ""]}
    index.write_text(json.dumps(known))
    town.invoke({"act": "echo"})
    try:
        code = (source / "index.py").read_text()
        changed = code.replace('"event": event', '"new": 1, "event": event')
        (source / "index.py").write_text(changed)

        assert eventually(lambda: town.invoke({"act": "echo"})[1].get("new") == 1)

        (source / "index.py").write_text(code)
        assert eventually(lambda: "new" not in town.invoke({"act": "echo"})[1])
    finally:
        index.write_text(before)


def test_an_unchanged_source_runs_from_the_archive(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    sources = Sources(tmp_path / "sources.json")
    shelf = Shelf(tmp_path / "code", sources)

    first, again = shelf.files(archive, []), shelf.files(archive, [])

    assert first == again
    assert (first.task / "app.py").read_text() == "X = 1\n"


def test_a_changed_a_new_and_a_removed_file_are_taken_up(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    folder = tmp_path / "functions" / "intake"
    first = Shelf(tmp_path / "code", Sources(tmp_path / "sources.json")).files(archive, [])

    (folder / "app.py").write_text("X = 2\n")
    (folder / "more.py").write_text("Y = 1\n")
    (folder / "less.py").unlink()
    second = Shelf(tmp_path / "code", Sources(tmp_path / "sources.json")).files(archive, [])

    assert first.revision != second.revision
    assert sorted(path.name for path in second.task.iterdir()) == ["app.py", "more.py"]
    assert (second.task / "app.py").read_text() == "X = 2\n"


def test_layers_are_one_folder_in_which_the_later_one_wins(tmp_path: Path) -> None:
    def layer(**files: str) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as bundle:
            for name, content in files.items():
                bundle.writestr(f"python/{name}.py", content)
        return buffer.getvalue()

    shelf = Shelf(tmp_path / "code", Sources(tmp_path / "none.json"))

    files = shelf.files(layer(app=""), [layer(a="1", b="1"), layer(b="2", c="2")])

    found = {path.stem: path.read_text() for path in (files.opt / "python").iterdir()}
    assert found == {"a": "1", "b": "2", "c": "2"}


def an_archive(tmp_path: Path) -> bytes:
    """A function's folder, packed, with its place in the index as a deployment leaves it."""
    folder = tmp_path / "functions" / "intake"
    folder.mkdir(parents=True)
    (folder / "app.py").write_text("X = 1\n")
    (folder / "less.py").write_text("Z = 1\n")
    archives = Archives(tmp_path, tmp_path / "sources.json")
    content = archives.content(folder, zipped=True)
    archives.write_index()
    assert content == packed(folder)
    assert digest(content) in json.loads((tmp_path / "sources.json").read_text())
    return content
