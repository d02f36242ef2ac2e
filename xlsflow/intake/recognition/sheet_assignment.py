"""Decides which sheet of a return belongs to which template: by its name, otherwise by the labels that it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlsflow.findings import Diagnostic
from xlsflow.i18n import LANGS, Lang, LocalizedText
from xlsflow.intake.recognition.header_text import known_labels, normalize_header
from xlsflow.intake.recognition.placed_block import SheetDiagnostic
from xlsflow.intake.recognition.sheet_index import SheetIndex
from xlsflow.template.model import Template

LEAST_SHARE = 0.5
"""Share of a template's fields that a sheet must show to be taken for it."""
# Rows in which labels are searched: enough for the longest form, cheap on a long table.
_HEAD_ROWS = 80
_LONGEST_LABEL = 80


@dataclass(frozen=True)
class TemplateLabels:
    """What the sheet of a template is recognised by.

    Attributes:
        labels: Block and field -> normalised labels, present and former.
    """

    labels: Mapping[tuple[str, str], frozenset[str]]

    @classmethod
    def of(cls, template: Template) -> TemplateLabels:
        """Return the labels of a template."""
        labels: dict[tuple[str, str], set[str]] = {}
        for block in template.data:
            for text, name in known_labels(block.columns).items():
                labels.setdefault((block.name, name), set()).add(text)
        return cls({field: frozenset(texts) for field, texts in labels.items()})

    def count_shown(self, index: SheetIndex) -> int:
        """Return how many of the fields a sheet shows, by key or label."""
        # Keys survive rewording, labels survive the deletion of the hidden row: either is enough.
        keys = {name for _, names in index.keys for name in names}
        texts = _head_texts(index)
        return sum(name in keys or not labels.isdisjoint(texts) for (_, name), labels in self.labels.items())

    def share_shown(self, index: SheetIndex) -> float:
        """Return the share of the fields that a sheet shows."""
        return self.count_shown(index) / len(self.labels) if self.labels else 0.0


def _head_texts(index: SheetIndex) -> frozenset[str]:
    """Return the normalised texts in the first rows of a sheet."""
    cells = (value for row in index.grid.rows[:_HEAD_ROWS] for value in row)
    return frozenset(
        normalize_header(value) for value in cells if isinstance(value, str) and len(value) <= _LONGEST_LABEL
    )


def sheet_language(template: Template, index: SheetIndex) -> Lang:
    """Return the language of a sheet: that of its name, otherwise the one that more of its labels are in."""
    for lang in LANGS:
        if normalize_header(index.grid.name) == normalize_header(template.tab.say(lang)):
            return lang
    texts = _head_texts(index)
    labels = [field.label for block in template.data for field in block.columns]
    return max(LANGS, key=lambda lang: sum(normalize_header(label.say(lang)) in texts for label in labels))


class SheetAssignment:
    """The sheets of a return, assigned to the templates of a pack.

    Attributes:
        by_template: Template -> its sheet.
        unclear: Templates that several sheets fit equally well.
        copies: Further sheets of a template that has one already.
        diagnostics: What is to be reported about sheets as a whole.
    """

    def __init__(self, templates: Sequence[Template], sheets: Sequence[SheetIndex]) -> None:
        """Assign the sheets of a return."""
        self._templates = templates
        self.by_template: dict[str, SheetIndex] = {}
        self.unclear: set[str] = set()
        self.copies: list[tuple[Template, SheetIndex]] = []
        self.diagnostics: list[SheetDiagnostic] = []
        self._unassigned = list(sheets)
        self._label_cache: dict[str, TemplateLabels] = {}
        self._assign_by_name()
        if len(self.by_template) < len(templates) and self._unassigned:
            self._assign_by_content()
        if self._unassigned:
            self._classify_others()

    def _labels(self, template: Template) -> TemplateLabels:
        """Return the labels of a template; a return with all its sheets under their names never needs them."""
        if template.name not in self._label_cache:
            self._label_cache[template.name] = TemplateLabels.of(template)
        return self._label_cache[template.name]

    def _assign_by_name(self) -> None:
        """Assign to each template the sheet with its name."""
        by_tab = {normalize_header(text): template for template in self._templates for text in template.tab.both()}
        for sheet in list(self._unassigned):
            template = by_tab.get(normalize_header(sheet.grid.name))
            if template is None or template.name in self.by_template:
                continue
            # People rename a sheet and put another one in its place: if there are more sheets than templates, one that
            # shows none of the fields does not get the template for its name alone.
            if len(self._unassigned) > len(self._templates) and not self._labels(template).count_shown(sheet):
                continue
            self._assign(template, sheet)

    def _assign(self, template: Template, sheet: SheetIndex) -> None:
        self.by_template[template.name] = sheet
        self._unassigned.remove(sheet)

    def _assign_by_content(self) -> None:
        """Match the remaining templates to the sheet with the highest score; ties are reported as `sheet_unclear`."""
        scores = [
            (self._labels(template).share_shown(sheet), template, sheet)
            for template in self._templates
            for sheet in self._unassigned
            if template.name not in self.by_template
        ]
        # The best pair first: a sheet that fits one template well must not go to another that it fits less.
        for score, template, sheet in sorted(scores, key=lambda entry: -entry[0]):
            decided = template.name in self.by_template or template.name in self.unclear
            if score < LEAST_SHARE or decided or sheet not in self._unassigned:
                continue
            equal = [s for share, t, s in scores if (share, t) == (score, template) and s in self._unassigned]
            # Of a form each sheet is a record, so it does not matter which of them is the first.
            if len(equal) > 1 and not template.is_repeatable:
                self._report_unclear(template, equal)
                continue
            self._assign(template, sheet)
            renamed = Diagnostic("sheet_renamed", {"title": template.tab})
            self.diagnostics.append(SheetDiagnostic(sheet.grid.name, renamed))

    def _report_unclear(self, template: Template, sheets: Sequence[SheetIndex]) -> None:
        self.unclear.add(template.name)
        # Guessing would merge wrong rows silently, so a person decides.
        self._unassigned = [sheet for sheet in self._unassigned if sheet not in sheets]
        tabs = [sheet.grid.name for sheet in sheets]
        names = LocalizedText("、".join(f"《{tab}》" for tab in tabs), ", ".join(tabs))
        unclear = Diagnostic("sheet_unclear", {"title": template.tab, "names": names})
        self.diagnostics.append(SheetDiagnostic("", unclear))

    def _classify_others(self) -> None:
        """Sort the remaining sheets that are not blank into copies of an assigned sheet and sheets of the region's."""
        for sheet in self._unassigned:
            # Excel adds blank sheets to a new workbook; they mean nothing.
            if all(map(sheet.is_blank, range(sheet.top, sheet.end))):
                continue
            # The first template of equals, so that the result does not depend on the order of the sheets.
            score, _, template = max(
                (self._labels(template).share_shown(sheet), -number, template)
                for number, template in enumerate(self._templates)
            )
            if score >= LEAST_SHARE and template.name in self.by_template:
                self.copies.append((template, sheet))
            else:
                self.diagnostics.append(SheetDiagnostic(sheet.grid.name, Diagnostic("sheet_extra")))
