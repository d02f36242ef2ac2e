"""Choice lists: the values that a cell may hold, each with a code, a label in each language and synonyms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from xlsflow.errors import nearest_match
from xlsflow.i18n import LANGS, Lang, LocalizedText
from xlsflow.template.opposites import may_oppose
from xlsflow.template.traditional import to_simplified

ChoiceTone = Literal[
    "", "overdue", "due_soon", "done", "in_progress", "blocked", "idle", "accent", "blue", "teal", "grey"
]
"""Meaning of a value that a sheet shows as a colour: a status, drawn with a symbol, or a plain colour."""

# Punctuation that people put around a word without changing its meaning. A question mark does change it: 完成？
_OUTER_PUNCTUATION = " \t\r\n。．.！!，,；;、“”\"‘’'「」『』【】[]（）()《》<>"
# Signs that the workbook shows before a word by its format, and that Gnumeric saves as part of the text in .ods.
_SIGNS = "▲◆●■○ "
_IN_BRACKETS = re.compile(r"(.+?)\s*[（(][^()（）]+[)）]")
# in-progress and In_Progress are typed for the label “In progress”.
_HYPHENATED = re.compile(r"(?<=[A-Za-z])[-_](?=[A-Za-z])")


def fold_text(text: str) -> str:
    """Return the form in which texts are compared: half width, without whitespace, case folded.

    >>> fold_text("　已 完成 ") == fold_text("已完成")
    True
    """
    # Whitespace is dropped rather than trimmed: words are spaced out to fill a cell, and pasted text carries line
    # breaks.
    compact = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    # Invisible characters (category Cf, such as a zero-width space) are never printable, so most texts stop here.
    if compact.isprintable():
        return compact
    return "".join(character for character in compact if unicodedata.category(character) != "Cf")


class Choice(BaseModel):
    """One value of a list.

    Attributes:
        code: Value in the data, the same in every language.
        label: Text in a sheet.
        synonyms: Other texts that are read as this value.
        was: Labels of earlier versions: workbooks that went out with one are read without a note.
        group: Group of the value: a person's region, the category of a RACI column.
        offered: Whether the dropdown lists it; a value that is not listed is still read.
        tone: Meaning of the value that its cell shows as a colour; no colour where empty.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    label: LocalizedText
    synonyms: tuple[str, ...] = ()
    was: tuple[str, ...] = ()
    group: str = ""
    offered: bool = True
    tone: ChoiceTone = ""


class PersonChoice(Choice):
    """A person in the list of people.

    Attributes:
        department: Code of the person's department.
        email: The person's e-mail address in lower case; empty if several people share it.
    """

    department: str = ""
    email: str = ""


class ChoiceList(BaseModel):
    """A named list of choices, in the order they are shown.

    Attributes:
        name: Name by which fields refer to it.
        title: Title for people.
        values: The choices.
        open: Whether values outside the list are accepted with a warning (a new colleague).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: LocalizedText
    values: tuple[Choice, ...]
    open: bool = False

    @model_validator(mode="after")
    def _is_unambiguous(self) -> ChoiceList:
        codes = [choice.code for choice in self.values]
        if repeated := [code for code in codes if codes.count(code) > 1]:
            raise ValueError(f"the code {repeated[0]!r} occurs twice in the list {self.name!r}")
        # A text that two values share would be read as one of them without anybody noticing, so such a list is not
        # loaded.
        seen: dict[str, str] = {}
        for choice in self.values:
            if not choice.code.strip():
                raise ValueError(f"a value of the list {self.name!r} has no code")
            for text in (*choice.label.both(), *choice.was, *choice.synonyms):
                if (known := seen.setdefault(fold_text(text), choice.code)) != choice.code:
                    raise ValueError(
                        f"{text!r} stands for both {known!r} and {choice.code!r} in the list {self.name!r}"
                    )
        return self

    @cached_property
    def _by_text(self) -> Mapping[str, str]:
        """Return folded text -> code; where a label of one value is the code of another, the label wins."""
        codes = {fold_text(choice.code): choice.code for choice in self.values}
        words = {
            fold_text(text): choice.code
            for choice in self.values
            for text in (*choice.synonyms, *choice.was, *choice.label.both())
        }  # fmt: skip
        return {**codes, **words}

    @cached_property
    def _by_code(self) -> Mapping[str, Choice]:
        return {choice.code: choice for choice in self.values}

    @cached_property
    def _by_label(self) -> Mapping[str, str]:
        """Return exact label of either language, also a former one -> code: the usual case, which needs no folding."""
        # Nearly every cell holds an exact label, and folding a text costs more than finding it.
        former = {text: choice.code for choice in reversed(self.values) for text in choice.was}
        return former | {text: choice.code for choice in reversed(self.values) for text in choice.label.both()}

    def code_of(self, text: str) -> str | None:
        """Return the code of a label, synonym or code, compared with `fold_text`; None if there is none."""
        return self._by_label.get(text) or self._by_text.get(fold_text(text))

    def present_code(self, code: str) -> str:
        """Return the present code of a value that was stored by its code; one that the list does not know is kept."""
        return code if code in self._by_code else self._by_text.get(fold_text(code), code)

    def find_code(self, text: str) -> str | None:
        """Return the code of a text, also with punctuation around it, hyphens between words or traditional characters.

        In an open list traditional characters are not converted: the text may be a new value, such as a name.
        """
        if code := self.code_of(text):
            return code
        # Pasting skips the dropdown, so variants of a label arrive however strict its validation is.
        trimmed = _HYPHENATED.sub(" ", text.strip(_OUTER_PUNCTUATION).lstrip(_SIGNS))
        return self.code_of(trimmed) or (None if self.open else self.code_of(to_simplified(trimmed)))

    def is_label(self, text: str) -> bool:
        """Return whether a text is exactly a label, or was one, so that reading it needs no note."""
        return text in self._by_label

    def label_of(self, code: str, lang: Lang) -> str:
        """Return the label of a code; an unlisted code is its own label."""
        choice = self._by_code.get(code)
        return choice.label.say(lang) if choice else code

    def has(self, code: str) -> bool:
        """Return whether the list has a code."""
        return code in self._by_code

    def group_of(self, code: str) -> str:
        """Return the group of a code, empty if the code is not listed."""
        choice = self._by_code.get(code)
        return choice.group if choice else ""

    @cached_property
    def _by_email(self) -> Mapping[str, str]:
        return {one.email: one.code for one in self.values if isinstance(one, PersonChoice) and one.email}

    def code_of_email(self, email: str) -> str | None:
        """Return the code of the person with an e-mail address; None if there is none."""
        return self._by_email.get(email.casefold())

    @cached_property
    def _by_bare_name(self) -> Mapping[str, tuple[str, ...]]:
        """Return folded name -> codes of those who are listed with something in brackets behind it: 李明（华东）."""
        bare: dict[str, dict[str, None]] = {}
        for choice in self.values:
            for label in choice.label.both():
                if found := _IN_BRACKETS.fullmatch(label):
                    bare.setdefault(fold_text(found[1]), {})[choice.code] = None
        return {name: tuple(codes) for name, codes in bare.items()}

    def codes_of_bare_name(self, name: str) -> tuple[str, ...]:
        """Return the codes of the people whose labels tell namesakes apart by something in brackets."""
        return self._by_bare_name.get(fold_text(name), ())

    def department_of(self, code: str) -> str:
        """Return the department of a person, empty if the code is not listed."""
        choice = self._by_code.get(code)
        return choice.department if isinstance(choice, PersonChoice) else ""

    @cached_property
    def _offered(self) -> Mapping[Lang, frozenset[str]]:
        return {lang: frozenset(self.labels(lang)) for lang in LANGS}

    def is_offered(self, text: str, lang: Lang) -> bool:
        """Return whether the dropdown in a language offers a text."""
        return text in self._offered[lang]

    def is_label_or_code(self, text: str) -> bool:
        """Return whether a text is exactly a label of either language or a code."""
        return text in self._by_label or text in self._by_code

    def labels(self, lang: Lang) -> tuple[str, ...]:
        """Return the labels that a dropdown offers."""
        return tuple(choice.label.say(lang) for choice in self.values if choice.offered)

    def options_text(self, lang: Lang, limit: int = 8) -> str:
        """Return the first offered labels, joined for use in a sentence."""
        labels = self.labels(lang)
        line = ("、" if lang == "zh" else ", ").join(labels[:limit])
        return line + ("…" if len(labels) > limit else "")

    def nearest(self, text: str) -> LocalizedText:
        """Return `是否应为“x”？` for the nearest label of each language, empty if none is similar.

        A label that may say the opposite is not suggested; names in an open list have no opposite.
        """
        typed = text.strip()
        zh, en = (
            nearest_match(typed, [label for label in self.labels(lang) if self.open or not may_oppose(typed, label)])
            for lang in LANGS
        )
        return LocalizedText(f"是否应为“{zh}”？" if zh else "", f" Did you mean “{en}”?" if en else "")
