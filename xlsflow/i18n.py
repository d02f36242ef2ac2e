"""Texts in two languages: every sheet, message and report is available in Chinese and in English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any, ClassVar, Literal

Lang = Literal["zh", "en"]
"""The language of a workbook, a message or a report."""

LANGS: tuple[Lang, ...] = ("zh", "en")


class _CountFormatter(Formatter):
    """`str.format` with a choice by number: `{n:file|files}` is `file` where n is 1, else `files`."""

    def format_field(self, value: object, format_spec: str) -> str:
        """Return the singular or plural that a specification with `|` names; any other one as usual."""
        singular, bar, plural = format_spec.partition("|")
        if not bar:
            return format(value, format_spec)
        # As text: counts often come formatted, and “1.0 hours” is a plural.
        return singular if str(value) == "1" else plural


_FORMATTER = _CountFormatter()


def filled(text: str, facts: Mapping[str, object]) -> str:
    """Return a text with its facts in place.

    >>> filled("{n} {n:file|files}", {"n": 1}), filled("{n} {n:file|files}", {"n": 2})
    ('1 file', '2 files')
    """
    # `str.format_map` is several times faster, and few texts have a plural.
    return _FORMATTER.vformat(text, (), facts) if "|" in text else text.format_map(facts)


@dataclass(frozen=True, slots=True)
class LocalizedText:
    """A text in Chinese and English."""

    zh: str
    en: str

    # pydantic reads this where a template contains a text: it then rejects `ch` for `zh` by name.
    __pydantic_config__: ClassVar[Any] = {"extra": "forbid", "str_min_length": 1}

    def say(self, lang: Lang) -> str:
        """Return the text in one language."""
        return self.zh if lang == "zh" else self.en

    def format(self, lang: Lang, **facts: object) -> str:
        """Return the text in one language with its facts in place (`filled`)."""
        return filled(self.say(lang), facts)

    def with_facts(self, **facts: object) -> LocalizedText:
        """Return the text in both languages with its facts in place."""
        return LocalizedText(self.format("zh", **facts), self.format("en", **facts))

    def both(self) -> tuple[str, str]:
        """Return the text in both languages, Chinese first."""
        return self.zh, self.en


def enumerated(texts: Iterable[LocalizedText]) -> LocalizedText:
    """Return texts as one, with the sign between them that each language has."""
    pairs = [text.both() for text in texts]
    return LocalizedText("、".join(zh for zh, _ in pairs), ", ".join(en for _, en in pairs))


def untranslated(text: str) -> LocalizedText:
    """Return a text that is the same in both languages (a name, a number, a code)."""
    return LocalizedText(text, text)
