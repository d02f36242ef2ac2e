"""Kinds `choice` and `choices`: one value, or several, of a list."""

from __future__ import annotations

import random
import re
from typing import ClassVar, Literal

from xlsflow.cells import Scalar
from xlsflow.template.kinds.base import BLANKS, Align, EntryRule, FieldBase, Reading, Scope, as_text
from xlsflow.template.lists import ChoiceList
from xlsflow.words import Lang, Words

SEPARATORS = re.compile(r"[、，,;；\n|]+")
"""What people put between several values in one cell."""
JOIN = ";"
"""What stands between several codes in the data."""
_MARKED = re.compile(r"[■☑✔√✓☒●◉]\s*([^\s□■☑✔√✓☒●◉○◯☐]+)")
_BOX = re.compile(r"[□■☑✔√✓☒●◉○◯☐]")


def labels_of(choices: ChoiceList, code: str) -> Words:
    """Return a code's labels in both languages."""
    return Words(choices.label_of(code, "zh"), choices.label_of(code, "en"))


class ChoiceField(FieldBase):
    """One value of a list; the data holds its code, the sheet shows its label.

    Attributes:
        of: Name of the list.
        ticked: Whether a form shows every value with a box beside the cell, to be ticked by hand on paper.
    """

    usual_width: ClassVar[float] = 10.5
    align: ClassVar[Align] = "center"

    kind: Literal["choice"] = "choice"
    of: str
    ticked: bool = False

    def list_name(self) -> str:
        """Return the list."""
        return self.of

    def boxes(self, lang: Lang, scope: Scope) -> tuple[str, ...]:
        """Return the labels to tick."""
        return scope.lists[self.of].labels(lang) if self.ticked else ()

    def sentence(self, lang: Lang, scope: Scope) -> str:
        """Return the help, or what can be chosen."""
        options = CHOICE_HELP.say(lang).format(options=scope.lists[self.of].options(lang))
        return super().sentence(lang, scope) or options

    def entry_rule(self, scope: Scope) -> EntryRule | None:
        """Return the dropdown; an open list only warns."""
        return EntryRule("list", of=self.of, stop=not scope.lists[self.of].open)

    def understand(self, raw: Scalar, scope: Scope) -> Reading:
        """Return the code of a label of either language, of a synonym, or of the one box that is ticked."""
        choices = scope.lists[self.of]
        text = as_text(raw)
        code = choices.code_of(text)
        if code is None and _BOX.search(text):
            marked = _MARKED.findall(text)
            code = choices.code_of(marked[0]) if len(marked) == 1 else None
        if code is None:
            if choices.open:
                return Reading(text)
            return unlisted(self, choices, text)
        return Reading(code) if choices.is_label(text) else self.fixed(code, labels_of(choices, code))

    def write(self, value: object, lang: Lang, scope: Scope) -> object:
        """Return the label."""
        return None if value is None else scope.lists[self.of].label_of(str(value), lang)

    def sample(self, rng: random.Random, scope: Scope) -> object:
        """Return one of the offered codes."""
        return rng.choice([c.code for c in scope.lists[self.of].values if c.offered])


class ChoicesField(FieldBase):
    """Several values of a list in one cell, `、` or `,` between them; the data holds their codes with `;` between.

    Attributes:
        of: Name of the list.
    """

    usual_width: ClassVar[float] = 18.0

    kind: Literal["choices"] = "choices"
    of: str

    def list_name(self) -> str:
        """Return the list."""
        return self.of

    def sentence(self, lang: Lang, scope: Scope) -> str:
        """Return the help, or what can be named and what to put between."""
        options = CHOICES_HELP.say(lang).format(options=scope.lists[self.of].options(lang))
        return super().sentence(lang, scope) or options

    def understand(self, raw: Scalar, scope: Scope) -> Reading:
        """Return the codes of every part, in the list's own order."""
        choices = scope.lists[self.of]
        parts = [p for p in (p.strip(BLANKS) for p in SEPARATORS.split(as_text(raw))) if p]
        codes = [choices.code_of(part) or (part if choices.open else None) for part in parts]
        if None in codes:
            words = [choices.code_of(w) for p in parts for w in p.split()]  # a blank between is understood last of all
            if None in words or not words:
                return unlisted(self, choices, parts[codes.index(None)])
            codes = words
        order = {choice.code: place for place, choice in enumerate(choices.values)}
        found = sorted({str(c) for c in codes}, key=lambda c: (order.get(c, len(order)), c))
        return Reading(JOIN.join(found)) if found else Reading(None)

    def write(self, value: object, lang: Lang, scope: Scope) -> object:
        """Return the labels."""
        if value is None:
            return None
        between = "、" if lang == "zh" else ", "
        return between.join(scope.lists[self.of].label_of(code, lang) for code in str(value).split(JOIN))

    def sample(self, rng: random.Random, scope: Scope) -> object:
        """Return one to three codes."""
        codes = [c.code for c in scope.lists[self.of].values if c.offered]
        picked = rng.sample(range(len(codes)), min(len(codes), rng.randint(1, 3)))
        return JOIN.join(codes[i] for i in sorted(picked))


def unlisted(field: FieldBase, choices: ChoiceList, text: str) -> Reading:
    """Return that a text is in no way one of the list."""
    options = Words(choices.options("zh"), choices.options("en"))
    return field.problem("not_in_list", options=options, nearest=choices.nearest(text))


CHOICE_HELP = Words("请从下拉列表选择：{options}。", "Choose from the dropdown: {options}.")
CHOICES_HELP = Words("可填多个，用“、”隔开：{options}。", "One or several, with a comma between: {options}.")
