"""Write the software bill of materials: `python -m training.supply.bom -o otgnlp.cdx.json`.

In CycloneDX JSON: the wheel, and all that comes with it into an environment of its own today.
Needs the extra `supply`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from pathlib import Path

from otgnlp import __version__
from training.supply.environments import ROOT, make_environment, run
from training.supply.wheel import build


def describe(python: Path, output: Path, wheel: Path | None = None) -> None:
    """Write what the environment of a Python holds, and the digest of the wheel if it is given."""
    command = [sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible"]
    project = ["--pyproject", ROOT / "pyproject.toml", "--mc-type", "library"]
    bill = json.loads(run([*command, *project, "--output-format", "JSON", python]))
    component = bill["metadata"]["component"]
    # The version stands in the package, where the tool does not look.
    component |= {"version": __version__, "purl": f"pkg:pypi/otgnlp@{__version__}"}
    if wheel is not None:
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        component["hashes"] = [{"alg": "SHA-256", "content": digest}]
    output.write_text(json.dumps(bill, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.supply.bom", description=__doc__)
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("otgnlp.cdx.json"), metavar="FILE"
    )
    output = parser.parse_args().output.absolute()
    with tempfile.TemporaryDirectory() as name:
        wheel = build(Path(name) / "wheel")
        python = make_environment(Path(name) / "environment", [str(wheel)])
        describe(python, output, wheel)
    return 0


if __name__ == "__main__":
    sys.exit(main())
