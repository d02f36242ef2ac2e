"""WHAT STOPS THE WORK: the exception tree. Each is shown as one plain sentence; none of them is a fault in a cell."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.catalogue import CATALOGUE
from xlsflow.i18n import LocalizedText

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlsflow.i18n import Lang


class XlsflowError(Exception):
    """The work cannot go on; `say` gives the one sentence for the person at the keyboard, exit code 2."""

    def say(self, lang: Lang) -> str:  # noqa: ARG002 - most say the same in both languages
        """Return the sentence in the reader's language."""
        return str(self)


class TemplateError(XlsflowError):
    """A definition (TOML) is wrong: its author's mistake, told with file and key path."""

    def __init__(self, file: str | Path, at: str, why: str) -> None:
        """Keep where it is wrong and why."""
        self.file = str(file)
        self.at = at
        self.why = why
        super().__init__(f"{self.file}: {at}: {why}" if at else f"{self.file}: {why}")


class NoSuchTemplate(TemplateError):  # noqa: N818 - what is wrong, as with the others
    """A sheet, a pack, a file or a folder of definitions that was asked for is not there."""

    def __init__(self, name: str | Path, why: LocalizedText, known: Iterable[str] = (), *, asked: str = "") -> None:
        """Keep what was asked for, and what is nearest to it.

        Args:
            name: What was asked for.
            why: What is not there, with a place for the `name`.
            known: The names that there are.
            asked: The part of it that is compared with them, where it is not all.
        """
        near = nearest(asked or str(name), known)
        self._zh = f"{name}：{why.zh.format(name=name)}" + (f"；是不是“{near}”？" if near else "。")
        guess = f" (did you mean {near!r}?)" if near else ""
        super().__init__(name, "", why.en.format(name=str(name)) + guess)

    def say(self, lang: Lang) -> str:
        """Return the sentence in the reader's language."""
        return self._zh if lang == "zh" else str(self)


class CodedError(XlsflowError):
    """An error whose sentence stands in the catalogue, in both languages."""

    def __init__(self, code: str, **facts: object) -> None:
        """Keep the code and what its sentence needs; a fact may differ by language (`LocalizedText`)."""
        self.code = code
        self.facts: Mapping[str, str | LocalizedText] = {
            name: fact if isinstance(fact, LocalizedText) else str(fact) for name, fact in facts.items()
        }
        super().__init__(self.say("en"))

    def say(self, lang: Lang) -> str:
        """Return the catalogue's sentence."""
        return CATALOGUE[self.code].say(lang, self.facts)


class ProjectError(CodedError):
    """The project workbook cannot be used as it is."""


class InputError(CodedError):
    """A path, name or option that was given cannot be worked with."""


class OutputError(CodedError):
    """An output cannot be written where it was asked for."""


class Refused(CodedError):  # noqa: N818 - the word that reports use
    """A returned file is not read at all; the others are."""


class LedgerError(CodedError):
    """Rows seen and rows accounted for differ: a fault of xlsflow, never to be passed over."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that a word most likely stands for, whatever its case, or None where none is near."""
    by_fold = {str(one).casefold(): str(one) for one in reversed([*known])}
    typed = word.casefold()
    near = get_close_matches(typed, by_fold, n=5, cutoff=0.6)
    # The best ones come first; two letters swapped are the likeliest slip of all.
    best = next((one for one in near if sorted(one) == sorted(typed)), near[0] if near else None)
    return by_fold[best] if best is not None else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ` (did you mean 'x'?)` for the nearest known word, or nothing where none is near."""
    near = nearest(word, known)
    return f" (did you mean {near!r}?)" if near else ""
