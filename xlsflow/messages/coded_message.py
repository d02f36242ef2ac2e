"""One code of the catalogue: its severity and its sentence.

A sentence states what was found and what to do, for a reader who does not program; coordinator and region get the same
sentence, so it addresses neither. `{file} {sheet} {cell} {label} {value}` are known for every finding, other names are
its facts. Codes are stable, since tests, documentation and waivers refer to them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from xlsflow.i18n import Lang, LocalizedText, filled
from xlsflow.messages.single_line import single_line


@dataclass(frozen=True, slots=True)
class CodedMessage:
    """The severity and the sentence of one code.

    Attributes:
        severity: How much it matters.
        text: The sentence, with its facts in braces.
    """

    severity: Literal["error", "warning", "info"]
    text: LocalizedText

    def say(self, lang: Lang, facts: Mapping[str, str | LocalizedText]) -> str:
        """Return the sentence with its facts; a fact that is not known is shown as an ellipsis."""
        shown = {
            name: single_line(fact.say(lang) if isinstance(fact, LocalizedText) else fact)
            for name, fact in facts.items()
        }
        # A fact that is missing must not stop a report; a test asks every sentence for its facts.
        return filled(self.text.say(lang), defaultdict(lambda: "…", shown))


def error(zh: str, en: str) -> CodedMessage:
    """Return a code for something that must be corrected."""
    return CodedMessage("error", LocalizedText(zh, en))


def warning(zh: str, en: str) -> CodedMessage:
    """Return a code for something that needs checking."""
    return CodedMessage("warning", LocalizedText(zh, en))


def info(zh: str, en: str) -> CodedMessage:
    """Return a code for something that xlsflow did, or read in its own way."""
    return CodedMessage("info", LocalizedText(zh, en))
