"""Rebuild the bundled model from what the repository holds and fetches: `python -m training.build`.

Joins the public sentences (see `training.corpora`, whose options --from, --checkouts, --cache and
--base-url it takes), adds the own corpus, and trains. The same libraries give the same bytes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from otgnlp.cli.main import main as otgnlp
from training import corpora
from training.paths import BUNDLED, corpus_files
from training.train import DEFAULTS

SPLITS = ("train", "uncertain")


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m training.build", description=__doc__)
    parser.add_argument("-o", "--output", default=str(BUNDLED), metavar="DIR")
    arguments, for_corpora = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        public = Path(folder) / "public.jsonl.gz"
        code = corpora.main([*for_corpora, "--output", str(public), "--split", *SPLITS])
        if code:
            return code
        data = [str(file) for file in (public, *corpus_files())]
        return otgnlp(["train", *DEFAULTS, "--output", arguments.output, *data])


if __name__ == "__main__":
    sys.exit(main())
