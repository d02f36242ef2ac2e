"""The whole report of a book, ready to be written as anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.document import Document
from xlsflow.reports.duties import asked, broken
from xlsflow.reports.kept import kept_listings, long_texts, stamp
from xlsflow.reports.labels import Labels
from xlsflow.reports.listings import due_soon_listing, overdue_listing
from xlsflow.reports.overview import Found, overview
from xlsflow.reports.quality import aside_listing, findings_listing, ledger_listing
from xlsflow.reports.returned import returns
from xlsflow.reports.returns_listing import returns_listing
from xlsflow.reports.standing import by_region, figures, standings
from xlsflow.reports.tables import data_listings
from xlsflow.reports.timing import timing_listing

if TYPE_CHECKING:
    from xlsflow.reports.basis import Basis
    from xlsflow.words import Lang


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
