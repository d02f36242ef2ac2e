"""The texts of letters: files that a coordinator edits, one for each kind of letter and language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.errors import InputError, meant
from xlsflow.i18n import LANGS
from xlsflow.system.atomic_write import write_text_atomically
from xlsflow.system.package_data import package_data_path

if TYPE_CHECKING:
    from xlsflow.i18n import Lang

LETTER_KINDS = ("invitation", "reminder", "correction", "feedback", "escalation")

LETTER_FACTS = frozenset(
    (
        "contact", "region", "project", "round", "due", "zone", "deadline_note", "file", "errors", "attachment_note",
        "coordinator", "coordinator_address", "text",
    )
)  # fmt: skip
"""What may stand in braces in a text."""

_TEXTS = "post/texts"
_SUBJECT = re.compile(r"\s*(?:主题|主旨|subject)\s*[:：]\s*(.*)", re.IGNORECASE)
_FACT = re.compile(r"\{([^{}\n]*)\}")


@dataclass(frozen=True, slots=True)
class LetterText:
    """The text of one kind of letter: subject and body, with facts in braces."""

    subject: str
    body: str

    def filled(self, facts: Mapping[str, str]) -> tuple[str, str]:
        """Return subject and body with the facts in place; a fact is never searched for braces itself."""
        subject, body = (_FACT.sub(lambda found: facts.get(found[1], ""), text) for text in (self.subject, self.body))
        return subject, body


def write_letter_texts(folder: Path) -> None:
    """Write the texts that are not there yet, for a coordinator to edit.

    Raises:
        OutputError: One cannot be written.
    """
    for kind in LETTER_KINDS:
        for lang in LANGS:
            path = folder / _file(kind, lang)
            if not path.exists():
                write_text_atomically(path, (package_data_path(_TEXTS) / path.name).read_text("utf-8"))


def letter_text(folder: Path, kind: str, lang: Lang) -> LetterText:
    """Return a text from a folder, or the one that ships with xlsflow where the folder has none.

    Raises:
        InputError: It cannot be read, has no subject in its first line, or names a fact that is not known.
    """
    name = _file(kind, lang)
    path = folder / name
    path = path if path.is_file() else package_data_path(_TEXTS) / name
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise InputError("letter_text_unreadable", file=path, why=error) from error
    first, _, body = text.partition("\n")
    subject = _SUBJECT.fullmatch(first)
    if not subject or not subject[1].strip():
        raise InputError("letter_text_no_subject", file=path.name)
    for number, line in enumerate(text.splitlines(), 1):
        for fact in _FACT.findall(line):
            if fact not in LETTER_FACTS:
                near = meant(fact, LETTER_FACTS)
                raise InputError("letter_text_unknown_fact", file=path.name, line=number, fact=fact, near=near)
    return LetterText(subject[1].strip(), body.strip("\n") + "\n")


def _file(kind: str, lang: Lang) -> str:
    return f"{kind}.{lang}.txt"
