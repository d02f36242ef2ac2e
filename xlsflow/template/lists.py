"""Choice lists: the values that a cell may hold, each with a code, its labels and the words it is also known by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from xlsflow.errors import nearest_match
from xlsflow.i18n import (
    LANGS,
    Lang,
    LocalizedText,
)
from xlsflow.template.traditional import to_simplified

ChoiceTone = Literal[
    "", "overdue", "due_soon", "done", "in_progress", "blocked", "idle", "accent", "blue", "teal", "grey"
]
"""What a value says by its colour in a sheet: a status with its sign, or a plain colour."""

_AROUND = " \t\r\n。．.！!，,；;、“”\"‘’'「」『』【】[]（）()《》<>"
"""Signs that people put around a word without meaning anything by them; a question mark is none of them."""
_JOINED = re.compile(r"(?<=[A-Za-z])[-_](?=[A-Za-z])")


def fold_text(text: str) -> str:
    """Return a text as it is compared: full width as half width, no blanks of any kind, no case.

    >>> folded("　已 完成 ") == folded("已完成")
    True
    """
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    if plain.isprintable():  # a mark that is not seen (category Cf) never is
        return plain
    return "".join(c for c in plain if unicodedata.category(c) != "Cf")


class Choice(BaseModel):
    """One value of a list.

    Attributes:
        code: What the data holds, in every language.
        label: What a sheet shows.
        synonyms: Other words that have this one reading.
        group: What the value belongs to: a person's region, a RACI column's sort.
        offered: Whether the dropdown shows it; one that is not offered is still understood.
        tone: What a cell with this value says by its colour; none where it is empty.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    label: LocalizedText
    synonyms: tuple[str, ...] = ()
    group: str = ""
    offered: bool = True
    tone: ChoiceTone = ""


class ChoiceList(BaseModel):
    """A named list of choices, in the order they are shown.

    Attributes:
        name: What fields call it by.
        title: What a person calls it.
        values: The choices.
        open: Whether a value that is not listed may still be right (a new colleague).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: LocalizedText
    values: tuple[Choice, ...]
    open: bool = False

    @model_validator(mode="after")
    def _one_reading(self) -> ChoiceList:
        codes = [choice.code for choice in self.values]
        if twice := [code for code in codes if codes.count(code) > 1]:
            raise ValueError(f"the code {twice[0]!r} stands twice in the list {self.name!r}")
        seen: dict[str, str] = {}
        for choice in self.values:
            if not choice.code.strip():
                raise ValueError(f"a value of the list {self.name!r} has no code")
            for text in (*choice.label.both(), *choice.synonyms):
                if seen.setdefault(fold_text(text), choice.code) != choice.code:
                    raise ValueError(
                        f"{text!r} stands for both {seen[fold_text(text)]!r} and {choice.code!r} in the list {self.name!r}"
                    )
        return self

    @cached_property
    def _by_text(self) -> Mapping[str, str]:
        """Return folded text -> code; a word that a person sees in a sheet counts before the code of another value."""
        codes = {fold_text(choice.code): choice.code for choice in self.values}
        words = {
            fold_text(text): choice.code
            for choice in self.values
            for text in (*choice.synonyms, *choice.label.both())
        }  # fmt: skip
        return {**codes, **words}

    @cached_property
    def _by_code(self) -> Mapping[str, Choice]:
        return {choice.code: choice for choice in self.values}

    @cached_property
    def _shown(self) -> Mapping[str, str]:
        """Return exact label of either language -> code: the usual case, without folding."""
        return {text: choice.code for choice in reversed(self.values) for text in choice.label.both()}

    def code_of(self, text: str) -> str | None:
        """Return the code that a typed text stands for in either language, or None."""
        return self._shown.get(text) or self._by_text.get(fold_text(text))

    def find_code(self, text: str) -> str | None:
        """Return the code that a typed text can only mean: also with signs around it, a hyphen, traditional characters.

        An open list takes other values as well, so there a text in other characters may be one of those.
        """
        if code := self.code_of(text):
            return code
        bare = _JOINED.sub(" ", text.strip(_AROUND))
        return self.code_of(bare) or (None if self.open else self.code_of(to_simplified(bare)))

    def is_label(self, text: str) -> bool:
        """Return whether a text stands exactly as a label, so that nothing had to be understood."""
        return text in self._shown

    def label_of(self, code: str, lang: Lang) -> str:
        """Return what a sheet shows for a code; an unlisted code shows as itself."""
        choice = self._by_code.get(code)
        return choice.label.say(lang) if choice else code

    def has(self, code: str) -> bool:
        """Return whether the code stands in the list."""
        return code in self._by_code

    def group_of(self, code: str) -> str:
        """Return the group of a code, empty where it is not listed."""
        choice = self._by_code.get(code)
        return choice.group if choice else ""

    @cached_property
    def _offered(self) -> Mapping[Lang, frozenset[str]]:
        return {lang: frozenset(self.labels(lang)) for lang in LANGS}

    def is_offered(self, text: str, lang: Lang) -> bool:
        """Return whether a dropdown in that language offers a text."""
        return text in self._offered[lang]

    def is_label_or_code(self, text: str) -> bool:
        """Return whether a text is a label of either language, or a code."""
        return text in self._shown or text in self._by_code

    def labels(self, lang: Lang) -> tuple[str, ...]:
        """Return the labels that a dropdown offers."""
        return tuple(choice.label.say(lang) for choice in self.values if choice.offered)

    def options_text(self, lang: Lang, most: int = 8) -> str:
        """Return the offered labels in one line for a sentence, cut where they are many."""
        labels = self.labels(lang)
        line = ("、" if lang == "zh" else ", ").join(labels[:most])
        return line + ("…" if len(labels) > most else "")

    def nearest(self, text: str) -> LocalizedText:
        """Return `是否应为“x”？` for the nearest label of each language, or nothing where none is near."""
        zh, en = nearest_match(text.strip(), self.labels("zh")), nearest_match(text.strip(), self.labels("en"))
        return LocalizedText(f"是否应为“{zh}”？" if zh else "", f" Did you mean “{en}”?" if en else "")
