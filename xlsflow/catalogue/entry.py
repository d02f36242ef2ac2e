"""One code of the catalogue: its severity and its sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from xlsflow.i18n import (
    Lang,
    LocalizedText,
    plain_line,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One code of the catalogue."""

    severity: Literal["error", "warning", "info"]
    words: LocalizedText

    def say(self, lang: Lang, facts: Mapping[str, str | LocalizedText]) -> str:
        """Return the sentence with its facts; one that is not given reads as an ellipsis, never as a broken sentence."""
        said = {
            name: plain_line(fact.say(lang) if isinstance(fact, LocalizedText) else fact)
            for name, fact in facts.items()
        }
        return self.words.say(lang).format_map(defaultdict(lambda: "…", said))


def error(zh: str, en: str) -> Entry:
    """Return a code of something that must be mended."""
    return Entry("error", LocalizedText(zh, en))


def warning(zh: str, en: str) -> Entry:
    """Return a code of something that must be looked at."""
    return Entry("warning", LocalizedText(zh, en))


def info(zh: str, en: str) -> Entry:
    """Return a code of something that was done."""
    return Entry("info", LocalizedText(zh, en))
