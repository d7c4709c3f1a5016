"""Tasks for Label Studio, and its exports read back.

A task carries its sentence as `data.text` and the model's topics as a prediction; the labelling
configuration has one `Choices`, named `topics`, of which any number may be chosen. Of several
annotations of a task the one changed last counts; cancelled ones (the button says "Skip") do not.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from otgnlp.errors import InputError, InputTypeError
from otgnlp.labelling.exchange import Annotation, Annotations, rounded
from otgnlp.records import read as read_key

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from otgnlp.labelling.suggestion import Suggestion

_TEXT = "text"
_CONTROL = "topics"
_NEVER = datetime.min.replace(tzinfo=timezone.utc)


def write(suggestions: Iterable[Suggestion], model: str) -> str:
    """Return suggestions as tasks to import, a JSON list; `model` names who predicted.

    The prediction's score is the model's certainty, so Label Studio's own order by uncertainty
    keeps to the doubts.
    """
    tasks = [_task(suggestion, model) for suggestion in suggestions]
    return json.dumps(tasks, ensure_ascii=False, indent=1) + "\n"


def labelling_configuration(topics: Sequence[str]) -> str:
    """Return the labelling configuration, XML, of a project with these topics."""
    from xml.etree import ElementTree as ET

    view = ET.Element("View")
    ET.SubElement(view, "Text", name=_TEXT, value=f"${_TEXT}")
    choices = ET.SubElement(view, "Choices", name=_CONTROL, toName=_TEXT, choice="multiple")
    for topic in topics:
        ET.SubElement(choices, "Choice", value=topic)
    ET.indent(view)
    return ET.tostring(view, encoding="unicode") + "\n"


def read(content: str, name: str) -> Annotations:
    """Read an export, JSON or JSON-MIN; `name` is for messages.

    Raises `InputError`, naming the task by its place in the file, from 1.
    """
    try:
        tasks = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name}: no JSON: {error}") from error
    if not isinstance(tasks, list):
        raise InputError(f"{name}: expected a list of tasks, as Label Studio exports JSON")
    export = _Export()
    for number, task in enumerate(tasks, start=1):
        try:
            export.add(task)
        except InputError as error:
            raise InputError(f"{name}, task {number}: {error}") from error
    try:
        return export.annotations()
    except InputError as error:
        raise InputError(f"{name}: {error}") from error


def _task(suggestion: Suggestion, model: str) -> dict[str, Any]:
    candidate = suggestion.candidate
    choice = {
        "from_name": _CONTROL,
        "to_name": _TEXT,
        "type": "choices",
        "value": {"choices": list(suggestion.topics)},
    }
    return {
        "data": {
            _TEXT: candidate.text,
            "file": candidate.file,
            "start": candidate.start,
            "stop": candidate.stop,
            "reason": suggestion.reason,
            "probabilities": rounded(suggestion.probabilities),
        },
        "predictions": [
            {
                "model_version": model,
                "score": round(1 - suggestion.doubt, 4),
                "result": [choice] if suggestion.topics else [],
            }
        ],
    }


@dataclass(slots=True)
class _Task:
    """What is known of a task so far: its last annotation, and whether one was cancelled."""

    latest: tuple[datetime, Annotation] | None = None
    skipped: bool = False

    def add(self, changed: datetime, annotation: Annotation) -> None:
        """Add an annotation; of two changed at once, the one that stands later counts."""
        if self.latest is None or changed >= self.latest[0]:
            self.latest = changed, annotation


@dataclass(slots=True)
class _Export:
    """Tasks in the order in which they first appear, and the names of all choices seen."""

    tasks: dict[Hashable, _Task] = field(default_factory=dict)
    controls: set[str] = field(default_factory=set)

    def add(self, task: Any) -> None:
        """Add a task of a JSON export, or an annotation of a JSON-MIN export."""
        if not isinstance(task, dict):
            raise InputTypeError(f"expected an object, not {type(task).__name__}")
        if "data" in task:
            self._add_task(task)
        else:
            self._add_record(task)

    def annotations(self) -> Annotations:
        """Return what was read; raises `InputError` if none of the choices were of topics."""
        if self.controls and _CONTROL not in self.controls:
            found = ", ".join(map(repr, sorted(self.controls)))
            raise InputError(f"the name of the project's Choices must be {_CONTROL!r}, not {found}")
        decided = tuple(task.latest[1] for task in self.tasks.values() if task.latest)
        skipped = sum(task.skipped and not task.latest for task in self.tasks.values())
        return Annotations(decided, skipped, len(self.tasks) - len(decided) - skipped)

    def _add_task(self, task: dict[str, Any]) -> None:
        known = self.tasks.setdefault(len(self.tasks), _Task())
        data = read_key(task, "data", dict)
        text = read_key(data, _TEXT, str)
        for annotation in read_key(task, "annotations", list):
            if _is_cancelled(annotation):
                known.skipped = True
                continue
            unset = annotation.get("result", "") is None
            topics = self._topics([] if unset else read_key(annotation, "result", list))
            checked = Annotation.checked(text, topics, data.get("file"))
            known.add(_changed(annotation), checked)

    def _topics(self, result: list[Any]) -> Iterator[str]:
        for item in result:
            if read_key(item, "type", str) == "choices":
                control = read_key(item, "from_name", str)
                self.controls.add(control)
                if control == _CONTROL:
                    yield from _choices(read_key(item, "value", dict))

    def _add_record(self, record: dict[str, Any]) -> None:
        """Add a record of JSON-MIN: data and decisions side by side, a record an annotation."""
        number = record.get("id")
        key = ("id", number) if isinstance(number, (int, str)) else len(self.tasks)
        known = self.tasks.setdefault(key, _Task())
        text = read_key(record, _TEXT, str)
        if record.get("annotation_id", "") is None:  # an open task, exported with the others
            return
        self.controls.update(
            name
            for name, value in record.items()
            if name == _CONTROL or (isinstance(value, dict) and "choices" in value)
        )
        topics = _flat_topics(record.get(_CONTROL, []))
        known.add(_changed(record), Annotation.checked(text, topics, record.get("file")))


def _is_cancelled(annotation: Any) -> bool:
    if not isinstance(annotation, dict):
        raise InputTypeError(f"an annotation must be an object, not {type(annotation).__name__}")
    unset = annotation.get("was_cancelled") is None
    return not unset and read_key(annotation, "was_cancelled", bool)


def _flat_topics(value: Any) -> Iterator[str]:
    """Yield the topics of a JSON-MIN record: one is a string, several are {"choices": [...]}."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str):
            yield item
        else:
            yield from _choices(item)


def _choices(value: Any) -> list[str]:
    choices: list[str] = read_key(value, "choices", list)
    for choice in choices:
        if not isinstance(choice, str):
            raise InputTypeError(f"a choice must be a name, not {choice!r}")
    return choices


def _changed(annotation: dict[str, Any]) -> datetime:
    """Return when an annotation was changed last; one without a date counts least."""
    for key in ("updated_at", "created_at"):
        if annotation.get(key) is not None:
            date = read_key(annotation, key, str)
            try:
                changed = datetime.fromisoformat(date.replace("Z", "+00:00"))
            except ValueError as error:
                raise InputError(f"{key!r} must be a date and time, not {date!r}") from error
            return changed if changed.tzinfo else changed.replace(tzinfo=timezone.utc)
    return _NEVER
