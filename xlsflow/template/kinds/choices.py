"""Kinds `choice` and `choices`: one value or several values of a list."""

from __future__ import annotations

import random
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import ClassVar, Literal

from xlsflow.fileformat.cells import Scalar, display_text
from xlsflow.findings import Diagnostic
from xlsflow.i18n import LANGS, Lang, LocalizedText
from xlsflow.template.kinds.field import BLANK_WORDS, Alignment, EntryRule, FieldBase, Reading, Scope
from xlsflow.template.kinds.parsing.checkboxes import TICK_VARIANTS, ticked_codes
from xlsflow.template.kinds.parsing.multiple_choice import split_choices
from xlsflow.template.lists import ChoiceList, fold_text

CODE_SEPARATOR = ";"
"""Separator of several codes in the data."""
LABEL_SEPARATORS: Mapping[Lang, str] = {"zh": "、", "en": ", "}
"""Separator of several labels in a sheet."""


def code_labels(choices: ChoiceList, code: str) -> LocalizedText:
    """Return a code's labels in both languages."""
    return LocalizedText(choices.label_of(code, "zh"), choices.label_of(code, "en"))


class ChoiceField(FieldBase):
    """One value of a list; the data has its code, the sheet shows its label.

    Attributes:
        of: Name of the list.
        ticked: Whether a form also shows a checkbox for each value, to be ticked on paper.
    """

    default_width: ClassVar[float] = 10.5
    align: ClassVar[Alignment] = "center"
    kind_label: ClassVar[LocalizedText] = LocalizedText("单选", "one of a list")

    kind: Literal["choice"] = "choice"
    of: str
    ticked: bool = False

    def list_name(self) -> str:
        """Return the name of the list."""
        return self.of

    def checkbox_labels(self, lang: Lang, scope: Scope) -> tuple[str, ...]:
        """Return the labels of the checkboxes."""
        return scope.lists[self.of].labels(lang) if self.ticked else ()

    def help_text(self, lang: Lang, scope: Scope) -> str:
        """Return the author's help text, or the options of the list."""
        options = _CHOICE_HELP.say(lang).format(options=scope.lists[self.of].options_text(lang))
        return super().help_text(lang, scope) or options

    def entry_rule(self, scope: Scope) -> EntryRule | None:
        """Return a dropdown, which for an open list only warns."""
        return EntryRule("list", of=self.of, stop=not scope.lists[self.of].open)

    def parse(self, raw: Scalar, scope: Scope) -> Reading:
        """Return the code of a label in either language, of a synonym, or of the only ticked checkbox."""
        choices = scope.lists[self.of]
        text = display_text(raw)
        # In lists of marks (√, ×) any variant of a mark is the same value.
        code = choices.find_code(text) or choices.code_of(text.translate(TICK_VARIANTS))
        if code is None:
            ticks = ticked_codes(text, choices.find_code)
            if ticks == [] and not self.required:
                return Reading(None, Diagnostic("read_as_blank"))  # a printed row of checkboxes, left untouched
            code = ticks[0] if ticks and len(ticks) == 1 else None
        if code is None:
            # An open list takes any new value, but “none” is not one.
            if choices.open and fold_text(text) not in BLANK_WORDS:
                return Reading(text)
            return _unlisted(self, choices, text)
        return Reading(code) if choices.is_label(text) else self.corrected(code, code_labels(choices, code))

    def write(self, value: object, lang: Lang, scope: Scope) -> object:
        """Return the label."""
        return None if value is None else scope.lists[self.of].label_of(str(value), lang)

    def sample(self, rng: random.Random, scope: Scope) -> object:
        """Return one of the offered codes."""
        return rng.choice([choice.code for choice in scope.lists[self.of].values if choice.offered])


class ChoicesField(FieldBase):
    """Several values of a list in one cell, separated by `、` or `,`; the data has their codes separated by `;`.

    Attributes:
        of: Name of the list.
    """

    default_width: ClassVar[float] = 18.0
    kind_label: ClassVar[LocalizedText] = LocalizedText("多选，用“、”隔开", "several of a list, separated by commas")

    kind: Literal["choices"] = "choices"
    of: str

    def list_name(self) -> str:
        """Return the name of the list."""
        return self.of

    def help_text(self, lang: Lang, scope: Scope) -> str:
        """Return the author's help text, or the options and the separator."""
        options = _CHOICES_HELP.say(lang).format(options=scope.lists[self.of].options_text(lang))
        return super().help_text(lang, scope) or options

    def parse(self, raw: Scalar, scope: Scope) -> Reading:
        """Return the codes of all labels in the text, in the order of the list."""
        choices = scope.lists[self.of]
        text = display_text(raw)
        # Boxes without any tick are handled as text below and reported: nothing was chosen.
        if ticks := ticked_codes(text, choices.find_code):
            return self._joined(set(ticks), text, scope)
        pieces = split_choices(text, choices)
        unknown = next((piece for piece, codes in pieces if codes is None), None if pieces else text)
        if unknown is not None and not (pieces and choices.open):
            return _unlisted(self, choices, unknown)
        selected = {code for piece, codes in pieces for code in ([piece] if codes is None else codes)}
        only_labels = all(codes is None or choices.is_label(piece) for piece, codes in pieces)
        return self._joined(selected, "" if only_labels else text, scope)

    def _joined(self, codes: AbstractSet[str], typed: str, scope: Scope) -> Reading:
        """Return codes in the order of the list; `typed` is the text of the cell, empty if it has only exact labels."""
        # In the order of the list: cells in which the same values were chosen are equal, in whatever order they were
        # typed.
        order = {choice.code: position for position, choice in enumerate(scope.lists[self.of].values)}
        value = CODE_SEPARATOR.join(sorted(codes, key=lambda code: (order.get(code, len(order)), code)))
        if not typed:
            return Reading(value)
        return self.corrected(value, LocalizedText(*(str(self.write(value, lang, scope)) for lang in LANGS)), typed)

    def write(self, value: object, lang: Lang, scope: Scope) -> object:
        """Return the labels."""
        if value is None:
            return None
        return LABEL_SEPARATORS[lang].join(
            scope.lists[self.of].label_of(code, lang) for code in str(value).split(CODE_SEPARATOR)
        )

    def sample(self, rng: random.Random, scope: Scope) -> object:
        """Return one to three codes."""
        codes = [choice.code for choice in scope.lists[self.of].values if choice.offered]
        picked = rng.sample(range(len(codes)), min(len(codes), rng.randint(1, 3)))
        return CODE_SEPARATOR.join(codes[position] for position in sorted(picked))


def _unlisted(field: FieldBase, choices: ChoiceList, text: str) -> Reading:
    """Return a reading without value because a text is not in the list."""
    options = LocalizedText(choices.options_text("zh"), choices.options_text("en"))
    return field.unreadable("not_in_list", options=options, nearest=choices.nearest(text))


_CHOICE_HELP = LocalizedText("请从下拉列表选择：{options}。", "Choose from the dropdown: {options}.")
_CHOICES_HELP = LocalizedText("可填多个，用“、”隔开：{options}。", "One or several, separated by commas: {options}.")
