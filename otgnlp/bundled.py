"""The model that comes with the library, loaded once, on first use."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

from otgnlp.errors import ModelError
from otgnlp.once import ONCE
from otgnlp.parallel import BATCH_SIZE
from otgnlp.tagger import Tagger

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from otgnlp.errors import InputError
    from otgnlp.parallel import OnError
    from otgnlp.schema import Document
    from otgnlp.thresholds import Threshold

_tagger: Tagger | None = None


def bundled_model() -> Path:
    """Return the folder of the bundled model; raises `ModelError` if the install lacks it."""
    try:
        return Path(str(resources.files("otgnlp.models").joinpath("topics")))
    except ModuleNotFoundError:
        # Python started in a checkout takes the package that lies there, installed or not.
        beside = Path(__file__).resolve().parents[1] / "models" / "topics"
        if beside.is_dir():
            return beside
        raise ModelError(
            "otgnlp.models is missing: install the package (pip install .), "
            "or load a model of your own with Tagger.load(folder)"
        ) from None


def bundled_tagger() -> Tagger:
    """Return the process's one tagger of the bundled model."""
    global _tagger
    if _tagger is None:
        with ONCE:
            if _tagger is None:
                _tagger = Tagger.load(bundled_model())
    return _tagger


def tag(text: str, threshold: Threshold = None) -> Document:
    """Tag a text with the bundled model; see `Tagger.tag`.

    >>> import otgnlp
    >>> document = otgnlp.tag("Порт расширят. В новом терминале ИИ ведёт учёт контейнеров.")
    >>> [sorted(score.topic for score in sentence.topics) for sentence in document.sentences]
    [['transport'], ['ai', 'transport']]
    """
    return bundled_tagger().tag(text, threshold)


@overload
def tag_many(
    texts: Iterable[str],
    threshold: Threshold = None,
    *,
    n_jobs: int = 1,
    batch_size: int = BATCH_SIZE,
    progress: bool = False,
    on_error: Literal["raise", "skip"] = "raise",
) -> Iterator[Document]: ...


@overload
def tag_many(
    texts: Iterable[str],
    threshold: Threshold = None,
    *,
    n_jobs: int = 1,
    batch_size: int = BATCH_SIZE,
    progress: bool = False,
    on_error: OnError,
) -> Iterator[Document | InputError]: ...


def tag_many(
    texts: Iterable[str],
    threshold: Threshold = None,
    *,
    n_jobs: int = 1,
    batch_size: int = BATCH_SIZE,
    progress: bool = False,
    on_error: OnError = "raise",
) -> Iterator[Document] | Iterator[Document | InputError]:
    """Tag many texts with the bundled model, in order and lazily; see `Tagger.tag_many`."""
    return bundled_tagger().tag_many(
        texts,
        threshold,
        n_jobs=n_jobs,
        batch_size=batch_size,
        progress=progress,
        on_error=on_error,
    )
