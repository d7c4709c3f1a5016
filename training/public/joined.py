"""Annotated sentences with their text, in JSON Lines: id, source, doc, text, topics."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from otgnlp.errors import InputError
from otgnlp.labelled import read_text
from otgnlp.records import read
from training.public.sentences import sentence_id
from training.public.tables import write_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from training.public.annotations import Annotation


def read_joined(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file, each with an `id` that is its `text`'s.

    Raises `InputError`, naming file and line, if one is not.
    """
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            try:
                yield _checked(json.loads(line))
            except (ValueError, RecursionError) as error:  # InputError is a ValueError
                raise InputError(f"{path}, line {number}: {error}") from error


def _checked(data: Any) -> dict[str, Any]:
    given, computed = read(data, "id", str), sentence_id(read(data, "text", str))
    if given != computed:
        raise InputError(f"the id is {given!r}, but the text's is {computed!r}")
    return dict(data)


def write_joined(
    path: Path, annotations: Iterable[Annotation], texts: Mapping[str, str]
) -> list[Annotation]:
    """Write the sentences whose text was found, in the order of the annotations; return them.

    `texts` maps the ids of sentences to their texts.
    """
    found = [annotation for annotation in annotations if annotation.id in texts]
    lines = [
        json.dumps(
            {
                "id": annotation.id,
                "source": annotation.source,
                "doc": annotation.doc,
                "text": texts[annotation.id],
                "topics": list(annotation.topics),
            },
            ensure_ascii=False,
        )
        for annotation in found
    ]
    write_text(path, "".join(f"{line}\n" for line in lines))
    return found
