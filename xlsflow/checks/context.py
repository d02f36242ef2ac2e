"""What validation depends on besides definition and values: lists, as-of date, targets of references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from xlsflow.i18n import LocalizedText, untranslated
from xlsflow.template.kinds import Scope


@dataclass(frozen=True)
class ReferenceTarget:
    """The values that a reference may have.

    Attributes:
        title: Title of the sheet that the values come from.
        values: The values.
    """

    title: LocalizedText
    values: frozenset[str]

    @cached_property
    def _near(self) -> Mapping[str, str]:
        """Every value, and every value with one character removed, -> the value; on collision the smallest value."""
        # Sorted, so that the same suggestion is made whatever order the values come in: a set has none of its own.
        return {short: text for text in sorted(self.values, reverse=True) for short in _one_character_removed(text)}

    def nearest(self, text: str) -> LocalizedText:
        """Return `是否应为“x”？` for a value that differs by one character, empty if there is none."""
        # difflib takes minutes if a whole column refers to nothing; this takes one dict look-up for each character.
        found = next((self._near[short] for short in _one_character_removed(text) if short in self._near), "")
        return LocalizedText(f"是否应为“{found}”？", f" Did you mean “{found}”?") if found else LocalizedText("", "")


def _one_character_removed(text: str) -> Iterator[str]:
    yield text
    for position in range(len(text)):
        yield text[:position] + text[position + 1 :]


@dataclass(frozen=True)
class CheckContext:
    """What values are validated against.

    Attributes:
        scope: The project's lists and settings.
        as_of: The as-of date; without it, conditions on it are unknown and never violated.
        known: Full name of a referenced field (`sheet.block.field`) -> its values; references to fields that are not
            in it are not validated.
        titles: Full name of such a field -> title of its sheet, for the message.
    """

    scope: Scope = field(default_factory=Scope)
    as_of: date | None = None
    known: Mapping[str, frozenset[object]] = field(default_factory=dict)
    titles: Mapping[str, LocalizedText] = field(default_factory=dict)

    def target(self, name: str) -> ReferenceTarget | None:
        """Return the values that a reference to a field may have, None if they are not known."""
        if name not in self.known:
            return None
        return ReferenceTarget(self.titles.get(name) or untranslated(name), frozenset(map(str, self.known[name])))
