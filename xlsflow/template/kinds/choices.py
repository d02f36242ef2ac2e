"""Kinds `choice` and `choices`: one value, or several, of a list."""

from __future__ import annotations

import random
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import ClassVar, Literal

from xlsflow.fileformat.cells import Scalar
from xlsflow.findings import Diagnostic
from xlsflow.i18n import (
    LANGS,
    Lang,
    LocalizedText,
)
from xlsflow.template.kinds.field import (
    NOTHING,
    Align,
    EntryRule,
    FieldBase,
    Reading,
    Scope,
    as_text,
)
from xlsflow.template.kinds.parsing.checkboxes import (
    ALIKE,
    ticked,
)
from xlsflow.template.kinds.parsing.multiple_choice import pieces
from xlsflow.template.lists import ChoiceList, folded

JOIN = ";"
"""What stands between several codes in the data."""
BETWEEN: Mapping[Lang, str] = {"zh": "、", "en": ", "}
"""What stands between several labels in a sheet."""


def labels_of(choices: ChoiceList, code: str) -> LocalizedText:
    """Return a code's labels in both languages."""
    return LocalizedText(choices.label_of(code, "zh"), choices.label_of(code, "en"))


class ChoiceField(FieldBase):
    """One value of a list; the data holds its code, the sheet shows its label.

    Attributes:
        of: Name of the list.
        ticked: Whether a form shows every value with a box beside the cell, to be ticked by hand on paper.
    """

    usual_width: ClassVar[float] = 10.5
    align: ClassVar[Align] = "center"
    called: ClassVar[LocalizedText] = LocalizedText("单选", "one of a list")

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
        code = choices.meant(text) or choices.code_of(text.translate(ALIKE))
        if code is None:
            ticks = ticked(text, choices.meant)
            if ticks == [] and not self.required:
                return Reading(None, Diagnostic("read_as_blank"))  # a row of boxes as it was printed
            code = ticks[0] if ticks and len(ticks) == 1 else None
        if code is None:
            if choices.open and folded(text) not in NOTHING:
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
    called: ClassVar[LocalizedText] = LocalizedText("多选，用“、”隔开", "several of a list, a comma between")

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
        text = as_text(raw)
        if ticks := ticked(text, choices.meant):
            return self._named(set(ticks), text, scope)
        found = pieces(text, choices)
        unknown = next((piece for piece, codes in found if codes is None), None if found else text)
        if unknown is not None and not (found and choices.open):
            return unlisted(self, choices, unknown)
        named = {code for piece, codes in found for code in ([piece] if codes is None else codes)}
        as_shown = all(codes is None or choices.is_label(piece) for piece, codes in found)
        return self._named(named, "" if as_shown else text, scope)

    def _named(self, codes: AbstractSet[str], typed: str, scope: Scope) -> Reading:
        """Return several codes in the list's own order; where they were typed otherwise than a sheet shows them, so."""
        order = {choice.code: place for place, choice in enumerate(scope.lists[self.of].values)}
        value = JOIN.join(sorted(codes, key=lambda code: (order.get(code, len(order)), code)))
        if not typed:
            return Reading(value)
        return self.fixed(value, LocalizedText(*(str(self.write(value, lang, scope)) for lang in LANGS)), typed)

    def write(self, value: object, lang: Lang, scope: Scope) -> object:
        """Return the labels."""
        if value is None:
            return None
        return BETWEEN[lang].join(scope.lists[self.of].label_of(code, lang) for code in str(value).split(JOIN))

    def sample(self, rng: random.Random, scope: Scope) -> object:
        """Return one to three codes."""
        codes = [c.code for c in scope.lists[self.of].values if c.offered]
        picked = rng.sample(range(len(codes)), min(len(codes), rng.randint(1, 3)))
        return JOIN.join(codes[i] for i in sorted(picked))


def unlisted(field: FieldBase, choices: ChoiceList, text: str) -> Reading:
    """Return that a text is in no way one of the list."""
    options = LocalizedText(choices.options("zh"), choices.options("en"))
    return field.diagnostic("not_in_list", options=options, nearest=choices.nearest(text))


CHOICE_HELP = LocalizedText("请从下拉列表选择：{options}。", "Choose from the dropdown: {options}.")
CHOICES_HELP = LocalizedText("可填多个，用“、”隔开：{options}。", "One or several, with a comma between: {options}.")
