"""Makes the life of one requirement: all rows that belong to it, as values in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from xlsflow.i18n import LANGS, LocalizedText, untranslated
from xlsflow.model.consolidated_book import ORIGIN
from xlsflow.model.requirement_life import LifeRow, LifeStage, RequirementLife
from xlsflow.reports import texts
from xlsflow.reports.figures.columns import column_values
from xlsflow.reports.figures.requirement_stages import unlinked_sheets
from xlsflow.reports.labels import Labels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsflow.reports.figures.requirement_stages import RequirementStage, RequirementStages
    from xlsflow.reports.inputs import ReportInputs


def requirement_life(inputs: ReportInputs, stages: RequirementStages, requirement: str) -> RequirementLife:
    """Return what became of a requirement.

    Args:
        inputs: What a report of the book is made from.
        stages: The requirements of the book and the stages in their lives.
        requirement: Id of the requirement.
    """
    labels = [Labels(inputs, lang) for lang in LANGS]
    made = (
        LifeStage(
            stage.block,
            LocalizedText(*(spoken.sheet(stage.block) for spoken in labels)),
            inputs.blocks[stage.block][1].label_of(stage.step.date),
            tuple(_rows(labels, stage, requirement)),
        )
        for stage in (*stages.roots, *stages.others)
    )
    return RequirementLife(requirement, inputs.as_of, tuple(made), tuple(unlinked_sentences(inputs)))


def unlinked_sentences(inputs: ReportInputs) -> Iterator[LocalizedText]:
    """Yield a sentence for each pack that has no link from some of its sheets to requirements."""
    for pack, sheets in unlinked_sheets(inputs):
        zh, en = "、".join(f"《{sheet.zh}》" for sheet in sheets), ", ".join(sheet.en for sheet in sheets)
        yield LocalizedText(
            texts.NO_LINK.format("zh", pack=pack.zh, sheets=zh), texts.NO_LINK.format("en", pack=pack.en, sheets=en)
        )


def _rows(labels: list[Labels], stage: RequirementStage, requirement: str) -> Iterator[LifeRow]:
    """Yield the rows of one stage."""
    inputs = labels[0].inputs
    block = inputs.blocks[stage.block][1]
    positions = list(stage.rows.get(requirement, ()))
    found = inputs.book.tables[stage.block].iloc[positions]

    def values(name: str) -> list[object]:
        return list(column_values(found[name])) if name in found.columns else [None] * len(positions)

    def shown(name: str) -> list[LocalizedText]:
        if name not in found.columns:
            return [untranslated("")] * len(positions)
        field = block.field(name)
        return [LocalizedText(*(spoken.text(field, value) for spoken in labels)) for value in values(name)]

    step = stage.step
    origin = zip(*(found[name].tolist() for name in ORIGIN), strict=True)
    told = (values(block.key), shown(step.title), shown(step.owner), values(step.status), shown(step.status))
    for at, (file, sheet, row, region, round_), key, title, owner, state, label in zip(
        positions, origin, *told, strict=True
    ):
        yield LifeRow(
            key=str(key or ""),
            title=title,
            owner=owner,
            state="" if state is None else str(state),
            state_label=label,
            is_open=stage.open[at],
            date=stage.dates[at],
            days_overdue=stage.days_overdue[at],
            region=str(region),
            region_name=LocalizedText(*(spoken.region(str(region)) for spoken in labels)),
            round=str(round_),
            file=str(file),
            sheet=str(sheet),
            row=cast("int", row),
        )
