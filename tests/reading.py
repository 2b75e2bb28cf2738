"""Records as the rules read them, and whether a quote reproduces its words. For tests and bench."""

from __future__ import annotations

import tempfile
from pathlib import Path

from papers.records import Record
from regimens.suggest import Quote, Text

CORPUS = Path(tempfile.gettempdir()) / "rmsreview-bench" / "pubmed21n1298.xml.gz"
"""Where ``make bench`` keeps the 20,788 records that it measures on."""


def text_of(record: Record) -> Text:
    return Text(
        title=record.title or "",
        abstract=record.abstract or "",
        keywords=tuple(record.keywords),
        substances=tuple(each.name for each in record.substances),
        mesh_headings=tuple(each.descriptor for each in record.mesh_headings),
        publication_types=tuple(record.publication_types),
    )


def words_at(text: Text, quote: Quote) -> str:
    words = getattr(text, quote.field)
    return (words if quote.item is None else words[quote.item])[quote.start : quote.end]
