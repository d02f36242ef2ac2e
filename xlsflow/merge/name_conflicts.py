"""Says in words which cell two colleagues filled differently, and with what: labels instead of names and codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from xlsflow.fileformat.baseline import comparison_text
from xlsflow.i18n import LANGS, LocalizedText, untranslated

if TYPE_CHECKING:
    from xlsflow.findings import Finding
    from xlsflow.model.consolidated_book import Book
    from xlsflow.model.proposals import Proposal
    from xlsflow.template.kinds import FieldBase, Scope
    from xlsflow.template.model import DataBlock

_CODE = "cell_conflict"
_PERCENT = "0%"
_BLANK = LocalizedText("（空白）", "(blank)")


def with_named_conflicts(book: Book, blocks: Mapping[str, tuple[DataBlock, Scope]]) -> Book:
    """Return a book whose `cell_conflict` findings show label and values as the region's sheet does.

    Args:
        book: The merged book.
        blocks: Full block name -> its definition, and the lists of its values.
    """
    if not any(finding.code == _CODE for finding in book.findings):
        return book
    waiting = {(p.file, p.block, p.key, p.field): p for p in book.proposals if p.kind == "conflict"}

    def named(finding: Finding) -> Finding:
        at = finding.location
        proposal = waiting.get((at.file, at.block, str(finding.facts.get("key")), at.field))
        if finding.code != _CODE or proposal is None or at.block not in blocks:
            return finding
        return _named(finding, proposal, *blocks[at.block])

    return replace(book, findings=tuple(map(named, book.findings)))


def _named(finding: Finding, proposal: Proposal, block: DataBlock, scope: Scope) -> Finding:
    field = next((field for field in block.columns if field.name == proposal.field), None)
    if field is None:
        return finding
    facts = {
        **finding.facts,
        "shown": _words(field, proposal.value, scope),
        "current": _words(field, proposal.current, scope),
    }
    return replace(finding, location=replace(finding.location, label=block.label_of(field.name)), facts=facts)


def _words(field: FieldBase, value: object, scope: Scope) -> LocalizedText:
    """Return a value as a sheet shows it."""
    if value is None:
        return _BLANK
    if isinstance(value, float) and field.number_format == _PERCENT:
        return untranslated(f"{value:.0%}")
    return LocalizedText(*(comparison_text(field.write(value, lang, scope)) for lang in LANGS))
