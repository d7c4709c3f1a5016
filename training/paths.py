"""Where the checkout keeps data, schemas and the bundled model."""

from __future__ import annotations

from pathlib import Path

_TRAINING = Path(__file__).resolve().parent

ANNOTATIONS = _TRAINING / "annotations.tsv.gz"
CORPUS = _TRAINING / "corpus"
SCHEMA = _TRAINING.parent / "docs" / "labelled.schema.json"
BUNDLED = _TRAINING.parent / "models" / "topics"
QUALITY = _TRAINING.parent / "docs" / "quality.md"


def corpus_files() -> list[Path]:
    """Return the files of the own corpus, in order."""
    return sorted(CORPUS.glob("*.jsonl"))
