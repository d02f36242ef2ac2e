"""The exceptions that stop the work. The command line shows each as one sentence.

A violation in the data is never an exception but a finding (`xlsflow.findings`).
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from xlsflow.i18n import LocalizedText
from xlsflow.messages import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlsflow.i18n import Lang


class XlsflowError(Exception):
    """Base class: the work cannot continue. The command line shows the sentence of `say` and exits with code 2."""

    def say(self, lang: Lang) -> str:  # noqa: ARG002 - subclasses need it
        """Return the sentence in the reader's language."""
        return str(self)


class TemplateError(XlsflowError):
    """A template file (TOML) is wrong; the sentence names the file and the key."""

    def __init__(self, file: str | Path, at: str, why: str) -> None:
        """Store the location and the reason.

        Args:
            file: The file.
            at: Path of the key, such as `blocks[0].fields[2].of`; empty if the file as a whole is wrong.
            why: The reason, in English.
        """
        self.file = str(file)
        self.at = at
        self.why = why
        super().__init__(f"{self.file}: {at}: {why}" if at else f"{self.file}: {why}")


class NoSuchTemplate(TemplateError):  # noqa: N818 - named after what is wrong, like the others
    """A sheet, pack, file or folder of templates does not exist."""

    def __init__(
        self,
        name: str | Path,
        why: LocalizedText,
        known: Iterable[str] = (),
        *,
        compared: str = "",
        titles: Mapping[str, LocalizedText] | None = None,
    ) -> None:
        """Make the sentence, with the nearest existing name or else all of them.

        Args:
            name: The name that does not exist.
            why: The sentence, with a placeholder for the `name`.
            known: The existing names.
            compared: The part of `name` to compare with them; all of it by default.
            titles: Titles that are shown behind existing names.
        """
        names = [*known]
        near = nearest_match(compared or str(name), names)
        # Names are listed only where none is near: a list behind a suggestion would bury it.
        zh, en = "。", "."
        if names:
            said = [(each, (titles or {}).get(each)) for each in names]
            listed = [f"{each}（{title.zh}）" if title else each for each, title in said]
            zh = f"；现有：{'、'.join(listed)}。"
            en = f"; there are: {', '.join(f'{each} ({title.en})' if title else each for each, title in said)}."
        if near:
            zh, en = f"；是不是“{near}”？", f"; did you mean “{near}”?"
        self._sentence = LocalizedText(why.format("zh", name=name) + zh, why.format("en", name=name) + en)
        super().__init__(name, "", self._sentence.en)
        self.args = (self._sentence.en,)  # the sentence names what is missing, so nothing precedes it

    def say(self, lang: Lang) -> str:
        """Return the sentence in the reader's language."""
        return self._sentence.say(lang)


class CodedError(XlsflowError):
    """An error whose sentence is in the catalogue, in both languages."""

    def __init__(self, code: str, **facts: object) -> None:
        """Store the code and the facts of its sentence; a fact may be a `LocalizedText`."""
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
    """A path, name or option of the command line or the API is not usable."""


class OutputError(CodedError):
    """An output cannot be written."""


class Refused(CodedError):  # noqa: N818 - the word of the reports
    """A returned file cannot be read; the work goes on with the other files."""


class LedgerError(CodedError):
    """The rows that were read are not all accounted for: an internal error that must not go unnoticed."""


def nearest_match(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is most similar to a word, ignoring case, or None if none is similar."""
    # Reversed, so that of two names that differ in case alone the first one wins.
    by_folded = {str(name).casefold(): str(name) for name in reversed([*known])}
    typed = word.casefold()
    matches = get_close_matches(typed, by_folded, n=5, cutoff=0.6)
    # Two swapped letters are the most likely typing error: a match with the same letters beats a more similar one.
    best = next((match for match in matches if sorted(match) == sorted(typed)), matches[0] if matches else None)
    return by_folded[best] if best is not None else None


def meant(word: str, known: Iterable[str]) -> LocalizedText:
    """Return the question whether the nearest known word was meant; empty if none is similar."""
    near = nearest_match(word, known)
    return LocalizedText(f"（是不是“{near}”？）" if near else "", f" (did you mean “{near}”?)" if near else "")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ` (did you mean 'x'?)` with the nearest known word, or an empty text if none is similar."""
    near = nearest_match(word, known)
    return f" (did you mean {near!r}?)" if near else ""
