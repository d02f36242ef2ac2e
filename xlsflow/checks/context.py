"""What a check needs to know besides the definition and the values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from xlsflow.i18n import (
    LocalizedText,
    untranslated,
)
from xlsflow.template.kinds import Scope


@dataclass(frozen=True)
class ReferenceTarget:
    """What a reference may name.

    Attributes:
        title: Title of the sheet on which the values stand.
        values: The values.
    """

    title: LocalizedText
    values: frozenset[str]

    @cached_property
    def _near(self) -> Mapping[str, str]:
        """Every value, and every value with one character left out, -> the value; of several, the first in order."""
        return {short: text for text in sorted(self.values, reverse=True) for short in _one_character_removed(text)}

    def nearest(self, text: str) -> LocalizedText:
        """Return `是否应为“x”？` for a value one character away, or nothing where there is none."""
        # difflib would take minutes where a whole column refers to nothing; this is one look-up a character.
        found = next((self._near[short] for short in _one_character_removed(text) if short in self._near), "")
        return LocalizedText(f"是否应为“{found}”？", f" Did you mean “{found}”?") if found else LocalizedText("", "")


def _one_character_removed(text: str) -> Iterator[str]:
    yield text
    for place in range(len(text)):
        yield text[:place] + text[place + 1 :]


@dataclass(frozen=True)
class CheckContext:
    """What values are checked against.

    Attributes:
        scope: The project's lists and figures.
        as_of: The day that the sheets are looked at; None asks nothing about today.
        known: Full name of a field that others refer to (`sheet.block.field`) -> its values; a reference to a field
            that is not there is not asked about.
        titles: Full name of such a field -> title of its sheet, for the sentence.
    """

    scope: Scope = field(default_factory=Scope)
    as_of: date | None = None
    known: Mapping[str, frozenset[object]] = field(default_factory=dict)
    titles: Mapping[str, LocalizedText] = field(default_factory=dict)

    def target(self, name: str) -> ReferenceTarget | None:
        """Return what a reference to a field may name, or None where that is not known."""
        if name not in self.known:
            return None
        return ReferenceTarget(self.titles.get(name) or untranslated(name), frozenset(map(str, self.known[name])))
