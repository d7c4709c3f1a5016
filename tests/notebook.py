"""Notebooks that show what they print: run them, and bring them up to date.

`python tests/notebook.py examples/topics_over_time.ipynb …` writes into each what its
cells give now.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any


def execute(path: Path) -> Any:
    """Run a notebook in its own folder, from a kernel of its own; return it with its outputs."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    notebook.metadata.pop("language_info", None)  # names the very version of Python
    return notebook


def main() -> None:
    """Rewrite the notebooks that the command line names."""
    import nbformat

    for path in map(Path, sys.argv[1:]):
        nbformat.write(execute(path.resolve()), path)


if __name__ == "__main__":
    main()
