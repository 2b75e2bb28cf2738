"""The columns of our own spreadsheets: every field of a Record out, and back in, without loss.

Most cells are what a person would type. What is true of one author (ORCID, affiliations) stands
in a column of its own, one item for each author in their order. A value whose readable form
would not read back the same is written as JSON in its cell, by the rule of ``cells``.

Not carried, because it describes the piece of input and not the publication: source, source_id,
format, raw, position, line and remarks. The order of tags is not kept, and a part with nothing
in it (a Book without a single field) reads back as none.
"""

from __future__ import annotations

from collections.abc import Sequence

from papers.formats.spreadsheet.own.abstract import ABSTRACT
from papers.formats.spreadsheet.own.dates import ELECTRONIC, PUBLISHED, REVISED
from papers.formats.spreadsheet.own.group import (
    Cells,
    Fields,
    count_column,
    identifier_column,
    lines_column,
    list_column,
    text_column,
    title_columns,
)
from papers.formats.spreadsheet.own.headings import (
    MESH,
    OTHER_IDS,
    TAGS,
    rows_column,
    substance_columns,
)
from papers.formats.spreadsheet.own.journal import BOOK_PARTS, JOURNAL_PARTS, OPEN_ACCESS_PARTS
from papers.formats.spreadsheet.own.people import AUTHORS
from papers.identifiers import (
    normalise_doi,
    normalise_pmcid,
    normalise_pmid,
    normalise_semantic_scholar_id,
)
from papers.records import Grant, Record, Related

GROUPS = (
    identifier_column("pmid", "PMID", normalise_pmid),
    identifier_column("doi", "DOI", normalise_doi),
    identifier_column("pmcid", "PMCID", normalise_pmcid),
    title_columns(),
    AUTHORS,
    PUBLISHED,
    JOURNAL_PARTS,
    text_column("volume"),
    text_column("issue"),
    text_column("pages"),
    ABSTRACT,
    TAGS,
    list_column("keywords"),
    list_column("publication_types"),
    MESH,
    substance_columns("substances", "substance_codes"),
    substance_columns("supplementary_concepts", "supplementary_concept_codes"),
    list_column("trial_registrations"),
    list_column("languages"),
    ELECTRONIC,
    OPEN_ACCESS_PARTS,
    count_column("citation_count"),
    count_column("reference_count"),
    text_column("url"),
    lines_column("note"),
    text_column("tldr"),
    BOOK_PARTS,
    rows_column("related", Related),
    rows_column("grants", Grant),
    identifier_column("semantic_scholar_id", "Semantic Scholar id", normalise_semantic_scholar_id),
    OTHER_IDS,
    count_column("pmid_version"),
    text_column("original_title"),
    text_column("abstract_copyright"),
    text_column("medline_status"),
    text_column("publication_status"),
    REVISED,
)

# What a person reads first stands first; the columns that only complete others come last.
_COMPLETING = (
    "author_orcids", "author_affiliations", "author_details", "publication_date_text",
    "electronic_date_text", "abstract_labels", "abstract_html", "mesh_uis", "substance_codes",
    "supplementary_concept_codes", "journal_metrics", "title_html",
)  # fmt: skip
_COLUMNS = [column for group in GROUPS for column in group.columns]
HEADER = [name for name in _COLUMNS if name not in _COMPLETING] + list(_COMPLETING)


def row_of(record: Record) -> list[str]:
    """The cells of a Record below ``HEADER``."""
    cells = {
        column: cell
        for group in GROUPS
        for column, cell in zip(group.columns, group.write(record), strict=True)
    }
    return [cells[column] for column in HEADER]


def fields_of(cells: Cells, remarks: list[str]) -> Fields:
    """The fields of the Record in a row of ours; remarks for what a person made invalid."""
    complete = {column: cells.get(column, "").strip() for column in HEADER}
    fields: Fields = {}
    for group in GROUPS:
        fields.update(group.read(complete, remarks))
    return fields


def are_ours(header: Sequence[str]) -> bool:
    """True for a header that we wrote; columns may have been moved or taken out."""
    return {"therapy_classes_confirmed", "abstract_labels", "title"} <= set(header)
