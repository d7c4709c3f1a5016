"""Word embeddings for training: the navec news vectors that the `natasha` wheel carries.

They are read with NumPy alone, from the archive's documented layout (navec: product-quantised
vectors, a gzipped word list), so that neither natasha nor anything that it needs is imported.
"""

from __future__ import annotations

import gzip
import logging
import tarfile
import warnings
from collections import defaultdict
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from otgnlp.errors import OtgnlpWarning
from otgnlp.words import find_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_log = logging.getLogger("otgnlp.fitting")

Floats = NDArray[np.float32]

_ARCHIVE = "data/emb/navec_news_v1_1B_250K_300d_100q.tar"
_SPECIAL = {"<unk>", "<pad>"}


class LemmaEmbeddings:
    """A unit vector for each lemma: that of the word itself, or else the mean of its forms.

    `forms` holds the lemma of each word form that has a vector.
    """

    def __init__(
        self, name: str, lemmas: Sequence[str], vectors: Floats, forms: Mapping[str, str]
    ) -> None:
        self.name = name
        self.forms = forms
        self.lemmas = tuple(lemmas)
        self.vectors = vectors
        self._rows = {lemma: row for row, lemma in enumerate(self.lemmas)}

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return int(self.vectors.shape[1])

    def look_up(self, lemmas: Sequence[str]) -> Floats:
        """Return the lemmas' vectors, shape (n, dimension); zeros for an unknown lemma."""
        rows = np.array([self._rows.get(lemma, -1) for lemma in lemmas], dtype=np.intp)
        found: Floats = np.where(rows[:, None] >= 0, self.vectors[rows], np.float32(0))
        return found


def find_archive() -> Path | None:
    """Return the path of the embeddings, None where natasha is not installed."""
    spec = find_spec("natasha")
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(spec.submodule_search_locations[0]) / _ARCHIVE
    return path if path.is_file() else None


def load_if_there(stacklevel: int) -> LemmaEmbeddings | None:
    """Return the embeddings; without the extra that brings them, None and a warning.

    `stacklevel` is the warning's, as its receiver would give it to `warnings.warn`.
    """
    path = find_archive()
    if path is None:
        warnings.warn(
            "fitting without word embeddings: the model will know no word that the training "
            "sentences do not hold; pip install 'otgnlp[train]' brings them",
            OtgnlpWarning,
            stacklevel=stacklevel + 1,
        )
        return None
    _log.info("reading embeddings")
    return load_embeddings(path)


@lru_cache(maxsize=1)
def load_embeddings(path: Path) -> LemmaEmbeddings:
    """Read the archive and bring its 250,000 word forms to lemmas."""
    words, counts, vectors = _read_archive(path)
    forms: dict[str, list[int]] = defaultdict(list)
    for row, word in enumerate(words):
        features = find_words(word)
        if len(features) == 1 and word not in _SPECIAL:
            forms[features[0].feature].append(row)
    lemmas = sorted(forms)
    result = np.empty((len(lemmas), vectors.shape[1]), dtype=np.float32)
    for i, lemma in enumerate(lemmas):
        rows = forms[lemma]
        own = [row for row in rows if words[row].replace("ё", "е") == lemma]
        if own:
            result[i] = vectors[own[0]]
        else:
            result[i] = np.average(vectors[rows], axis=0, weights=counts[rows] + 1.0)
    lemma_of = {words[row]: lemma for lemma in lemmas for row in forms[lemma]}
    return LemmaEmbeddings(path.stem, lemmas, _unit(result), lemma_of)


def _read_archive(path: Path) -> tuple[list[str], NDArray[np.uint32], Floats]:
    """Return words, their counts and their unit vectors."""
    with tarfile.open(path) as archive:
        words, counts = _parse_words(gzip.decompress(_member(archive, "vocab.bin")))
        vectors = _parse_vectors(_member(archive, "pq.bin"))
    return words, counts, _unit(vectors)


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    if file is None:
        raise ValueError(f"{name} is no file of the embedding archive")
    return file.read()


def _parse_words(content: bytes) -> tuple[list[str], NDArray[np.uint32]]:
    n_words = int(np.frombuffer(content, "<u4", 1)[0])
    counts = np.frombuffer(content, "<u4", n_words, offset=4)
    return content[4 + 4 * n_words :].decode("utf-8").splitlines(), counts


def _parse_vectors(content: bytes) -> Floats:
    n_words, dimension, n_parts, n_centroids = np.frombuffer(content, "<u4", 4).tolist()
    codes = np.frombuffer(content, np.uint8, n_words * n_parts, offset=16)
    codes = codes.reshape(n_words, n_parts)
    centroids = np.frombuffer(content, "<f4", offset=16 + n_words * n_parts)
    centroids = centroids.reshape(n_parts, n_centroids, dimension // n_parts)
    vectors: Floats = centroids[np.arange(n_parts), codes].reshape(n_words, dimension)
    return vectors


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Floats = vectors / np.maximum(lengths, 1e-12)
    return unit
