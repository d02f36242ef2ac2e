"""The whole report of a book, ready to be written as anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.model.report_model import Document
from xlsflow.reports.figures.returns import returns
from xlsflow.reports.figures.status import (
    by_region,
    figures,
    standings,
)
from xlsflow.reports.figures.timing_rules import (
    asked,
    broken,
)
from xlsflow.reports.front_page.overview import (
    Found,
    overview,
)
from xlsflow.reports.hidden_pages import (
    kept_listings,
    long_texts,
    stamp,
)
from xlsflow.reports.labels import Labels
from xlsflow.reports.listings.data import data_listings
from xlsflow.reports.listings.due import (
    due_soon_listing,
    overdue_listing,
)
from xlsflow.reports.listings.quality import (
    aside_listing,
    findings_listing,
    ledger_listing,
)
from xlsflow.reports.listings.returns import returns_listing
from xlsflow.reports.listings.timing import timing_listing

if TYPE_CHECKING:
    from xlsflow.i18n import Lang
    from xlsflow.reports.inputs import Basis


def report(basis: Basis, lang: Lang) -> Document:
    """Return everything that a consolidated workbook says: overview, listings, data, and what it keeps out of sight.

    Args:
        basis: What it is made from.
        lang: The language that it is read in.
    """
    labels = Labels(basis, lang)
    frame = standings(basis)
    back = returns(basis)
    regions = by_region(basis, frame, back)
    over = broken(basis) if asked(basis) else None
    found = Found(labels, frame, back, regions, figures(basis, frame, regions), over)
    data = tuple(data_listings(labels, frame))
    long = tuple(long_texts(labels, data))
    first = overview(found)
    listings = (
        overdue_listing(labels, frame),
        due_soon_listing(labels, frame),
        *((timing_listing(labels, over),) if over is not None else ()),
        returns_listing(labels, back, regions),
        findings_listing(labels, long),
        ledger_listing(labels),
        *((aside_listing(labels),) if basis.book.aside else ()),
        *data,
        *kept_listings(labels, data, long),
    )
    return Document(lang, basis.as_of, first, listings, {"title": first.title, **stamp(labels)})
