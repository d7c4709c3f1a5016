"""The nine sources of the public corpora: where each is, which files it is, how they are read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.public import readers
from training.public.sentences import collapse, sentence_id, split

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Source:
    """A source: files of a GitHub repository at a commit, and the reader of their shape.

    `files` matches the whole path of every file. The texts of a source that is `whole` are single
    sentences and are not split.
    """

    name: str
    repository: str
    commit: str
    files: str
    read: Callable[[str, bytes], Iterator[tuple[str, str]]]
    whole: bool = False

    def has(self, path: str) -> bool:
        """Tell whether a path of the repository is a file of the source."""
        return re.fullmatch(self.files, path) is not None

    def find(
        self, path: str, content: bytes, wanted: Mapping[str, Collection[str]]
    ) -> Iterator[tuple[str, str]]:
        """Yield ids and texts of the wanted sentences of a file.

        `wanted` maps the names of documents to the ids of their sentences.
        """
        for doc, text in self.read(path, content):
            if doc in wanted:
                for sentence in [collapse(text)] if self.whole else split(text):
                    if (id_ := sentence_id(sentence)) in wanted[doc]:
                        yield id_, sentence


_NEWS = ("lobsterbush/kremlin-speeches", "68cbdf8e81053925c7111d361ac49a6c46685486")

SOURCES = {
    source.name: source
    for source in (
        Source("1tv", *_NEWS, r"chunks/chunk_\d{4}\.csv", readers.read_news),
        Source(
            "1tv-title", *_NEWS, r"docs/data/search/\d{4}\.json", readers.read_titles, whole=True
        ),
        Source(
            "rurebus",
            "dialogue-evaluation/RuREBus",
            "1ad743675b559f86322347d050cc5f8733df4877",
            r"train_data/train_part_[13]\.zip|test_data/test_ner_only\.zip",
            readers.read_archive,
        ),
        Source(
            "nerel",
            "nerel-ds/NEREL",
            "8f07d3e410f322d5dbf6b68b13fbf4a4aa077fe9",
            r"NEREL-v1\.1/.*\.txt",
            readers.read_plain,
        ),
        Source(
            "lenta",
            "mannefedov/compling_nlp_hse_course",
            "a21cf13ad25cffff7dbdc549412e381224610bd4",
            r"notebooks/transfer_learning_hg/lenta_sample\.csv",
            readers.read_articles,
        ),
        Source(
            "factru",
            "dialogue-evaluation/factRuEval-2016",
            "dfe96237fce79fde13b2021d1938587e4ea3042e",
            r"(dev|test)set/book_\d+\.txt",
            readers.read_plain,
        ),
        Source(
            "zlonov",
            "zlonov/posts-zlonov.ru",
            "65b3af5286d77d2280534e4ec31948234152fab1",
            r"previous/((autoimport/)?(2019|202\d)|books)/[^/]+\.md",
            readers.read_post,
        ),
        Source(
            "sib",
            "dadelani/sib-200",
            "593cea88519930f776c1a4a1980b6a35b39dca57",
            r"data/annotated/rus_Cyrl/(train|dev|test)\.tsv",
            readers.read_topics_table,
        ),
        Source(
            "gsd",
            "UniversalDependencies/UD_Russian-GSD",
            "5400f2fd7264b7699727bb61b09f53841899df26",
            r"ru_gsd-ud-(dev|test)\.conllu",
            readers.read_treebank,
            whole=True,
        ),
    )
}
