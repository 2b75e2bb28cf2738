"""The fields of a Record that take more than one cell, or one with a grammar of its own."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from papers.formats.remarks import year_or_remark
from papers.formats.spreadsheet.cells import as_json, join_list, person_from, split_semicolons
from papers.formats.spreadsheet.group import Cells, Fields, Group, items_of, readable_or_json
from papers.formats.spreadsheet.structures import plain, structured
from papers.formats.text import clean, date_from_text, partial_date, sections_from_text
from papers.identifiers import normalise_issn, normalise_orcid
from papers.records import (
    AbstractSection,
    AuthorName,
    Book,
    Grant,
    JournalMetric,
    JournalName,
    MeshHeading,
    MeshQualifier,
    OpenAccess,
    PartialDate,
    Record,
    Related,
    Substance,
    TagLabel,
    join_sections,
)

N = TypeVar("N", int, float)


def _write_other_ids(record: Record) -> Sequence[str]:
    return (join_list([f"{kind}:{value}" for kind, value in record.other_ids]),)


def _read_other_ids(cells: Cells, _: list[str]) -> Fields:
    pairs = (item.partition(":") for item in split_semicolons(cells["other_ids"]))
    return {"other_ids": tuple((kind, value) for kind, _, value in pairs if value)}


# -- Dates -------------------------------------------------------------------------------------

_ISO = re.compile(r"^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$")


def _iso_date(cell: str, text: str) -> PartialDate | None:
    found = _ISO.match(cell)
    if not found:
        return date_from_text(cell)
    return partial_date(*found.groups(), text=text or None)


def _write_published(record: Record) -> Sequence[str]:
    date = record.published
    return (f"{date.year:04d}", date.iso(), date.text or "") if date else ("", "", "")


def _read_published(cells: Cells, remarks: list[str]) -> Fields:
    """The date, unless the year beside it was changed or the date spoilt by a spreadsheet."""
    year = year_or_remark(cells["year"], remarks)
    date = _iso_date(cells["publication_date"], cells["publication_date_text"])
    agrees = date and (year is None or year.year == date.year)
    return {"published": date if agrees else year}


def _write_electronic(record: Record) -> Sequence[str]:
    date = record.electronic
    return (date.iso(), date.text or "") if date else ("", "")


def _read_electronic(cells: Cells, _: list[str]) -> Fields:
    return {"electronic": _iso_date(cells["electronic_date"], cells["electronic_date_text"])}


def _read_revised(cells: Cells, _: list[str]) -> Fields:
    try:
        return {"revised": dt.date.fromisoformat(cells["revised"])}
    except ValueError:
        return {"revised": None}


# -- Abstract ----------------------------------------------------------------------------------


def _write_abstract(record: Record) -> Sequence[str]:
    sections = record.abstract_sections
    labels = [section.label or "" for section in sections] if len(sections) else []
    html = [section.html for section in sections]
    return (
        join_sections(sections) or "",
        as_json(labels) if any(";" in label for label in labels)
        else "; ".join(labels) if any(labels) else "",
        as_json(html) if any(html) else "",
    )  # fmt: skip


def _read_abstract(cells: Cells, _: list[str]) -> Fields:
    text = cells["abstract"].replace("\r\n", "\n")
    paragraphs = [part for part in re.split(r"\n\s*\n", text) if part]
    labels = _labels(cells["abstract_labels"], len(paragraphs))
    if len(labels) != len(paragraphs) or not all(map(_opens_with, paragraphs, labels)):
        return {"abstract_sections": sections_from_text(text)}
    html = _json_list(cells["abstract_html"])
    if len(html) != len(paragraphs):
        html = [None] * len(paragraphs)
    sections = (
        AbstractSection(
            label or None,
            part[len(label) + 2 :] if label else part,
            markup if isinstance(markup, str) else None,
        )
        for part, label, markup in zip(paragraphs, labels, html, strict=True)
    )
    return {"abstract_sections": tuple(sections)}


def _labels(cell: str, count: int) -> list[str]:
    if not cell:
        return [""] * count
    if cell.startswith("["):
        return [item for item in _json_list(cell) if isinstance(item, str)]
    return [label.strip() for label in cell.split(";")]


def _opens_with(paragraph: str, label: str) -> bool:
    return not label or paragraph.startswith(f"{label}: ")


def _json_list(cell: str) -> list[object]:
    try:
        value = json.loads(cell) if cell else []
    except (ValueError, RecursionError):
        return []
    return value if isinstance(value, list) else []


# -- People ------------------------------------------------------------------------------------


def _write_authors(record: Record) -> Sequence[str]:
    people = record.authors
    return (
        join_list([person.name for person in people]),
        "; ".join(person.orcid or "" for person in people) if _any(people, "orcid") else "",
        _write_affiliations(people),
        _write_details(people),
    )


def _any(people: Sequence[AuthorName], name: str) -> bool:
    return any(getattr(person, name) for person in people)


def _write_affiliations(people: Sequence[AuthorName]) -> str:
    """One line an author; "-" for one without."""
    if not _any(people, "affiliations"):
        return ""
    lists = [person.affiliations for person in people]
    text = "\n".join(" | ".join(affiliations) or "-" for affiliations in lists)
    return text if _split_affiliations(text) == lists else as_json(lists)


def _split_affiliations(cell: str) -> list[tuple[str, ...]]:
    if cell.startswith("[["):
        return [tuple(map(str, item)) for item in _json_list(cell) if isinstance(item, list)]
    lines = cell.replace("\r\n", "\n").split("\n")
    return [() if line == "-" else tuple(line.split(" | ")) for line in lines]


def _write_details(people: Sequence[AuthorName]) -> str:
    """What the names alone do not tell, by the author's place from 1."""
    details = {
        str(place): plain(bare)
        for place, bare in enumerate(map(_bare, people), start=1)
        if person_from(bare.name) != bare
    }
    return as_json(details) if details else ""


def _bare(person: AuthorName) -> AuthorName:
    """The author without what has a column of its own."""
    return dataclasses.replace(person, orcid=None, affiliations=())


def _read_authors(cells: Cells, remarks: list[str]) -> Fields:
    details = _json_object(cells["author_details"])
    people = [
        _detailed(name, details.get(str(place)))
        for place, name in enumerate(split_semicolons(cells["authors"]), start=1)
    ]
    orcids = _aligned(cells["author_orcids"].split(";"), people, "author_orcids", remarks)
    affiliations = _aligned(
        _split_affiliations(cells["author_affiliations"]), people, "author_affiliations", remarks
    )
    authors = (
        dataclasses.replace(person, orcid=normalise_orcid(orcid), affiliations=tuple(places or ()))
        for person, orcid, places in zip(people, orcids, affiliations, strict=True)
    )
    return {"authors": tuple(authors)}


def _detailed(name: str, details: object) -> AuthorName:
    """The details, as long as nobody has changed the name that they belong to."""
    if isinstance(details, dict) and details.get("name") == name:
        try:
            return structured(AuthorName, details)
        except TypeError:
            pass
    return person_from(name) or AuthorName(name)


def _aligned(
    items: Sequence[object], people: Sequence[AuthorName], column: str, remarks: list[str]
) -> Sequence[object]:
    """One item for each author, or none at all where somebody added or removed one."""
    if len(items) == len(people):
        return items
    if any(item for item in items if item not in ("", ("",))):
        remarks.append(
            f"The cell {column} has {len(items)} items for {len(people)} authors; it was left out."
        )
    return [None] * len(people)


def _json_object(cell: str) -> dict[str, object]:
    try:
        value = json.loads(cell) if cell else {}
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _write_people(people: tuple[AuthorName, ...]) -> str:
    return readable_or_json(join_list([p.name for p in people]), people, _read_people)


def _read_people(cell: str) -> tuple[AuthorName, ...]:
    found = items_of(AuthorName, cell)
    if found is not None:
        return found
    return tuple(filter(None, map(person_from, split_semicolons(cell))))


# -- Subject headings and substances -----------------------------------------------------------


def mesh_heading(text: str) -> MeshHeading:
    """ "*Rhabdomyosarcoma/*drug therapy/pathology"; a star marks the major topic."""
    descriptor, *qualifiers = (part.strip() for part in text.split("/"))
    return MeshHeading(
        descriptor.removeprefix("*"),
        is_major=descriptor.startswith("*"),
        qualifiers=tuple(
            MeshQualifier(part.removeprefix("*"), is_major=part.startswith("*"))
            for part in qualifiers
            if part.strip("*")
        ),
    )


def _star(name: str, is_major: bool) -> str:
    return f"*{name}" if is_major else name


def _write_mesh(record: Record) -> Sequence[str]:
    headings = record.mesh_headings
    names = join_list(["/".join(_mesh_names(heading)) for heading in headings])
    uis = "; ".join("/".join(_mesh_uis(heading)) for heading in headings)
    uis = uis if uis.strip("/; ") else ""
    if _mesh_of(names, uis) == headings:
        return names, uis
    return as_json(plain(headings)), ""


def _mesh_names(heading: MeshHeading) -> list[str]:
    parts = [_star(heading.descriptor, heading.is_major)]
    return parts + [_star(part.name, part.is_major) for part in heading.qualifiers]


def _mesh_uis(heading: MeshHeading) -> list[str]:
    return [heading.ui or "", *(part.ui or "" for part in heading.qualifiers)]


def _mesh_of(names: str, uis: str) -> tuple[MeshHeading, ...]:
    found = items_of(MeshHeading, names)
    if found is not None:
        return found
    headings = tuple(map(mesh_heading, split_semicolons(names)))
    codes = uis.split(";")
    if len(codes) != len(headings):
        return headings
    return tuple(map(_with_uis, headings, codes))


def _with_uis(heading: MeshHeading, codes: str) -> MeshHeading:
    uis = [code.strip() or None for code in codes.split("/")]
    if len(uis) != 1 + len(heading.qualifiers):
        return heading
    qualifiers = tuple(
        dataclasses.replace(part, ui=ui)
        for part, ui in zip(heading.qualifiers, uis[1:], strict=True)
    )
    return dataclasses.replace(heading, ui=uis[0], qualifiers=qualifiers)


def substance_columns(field: str, codes_column: str) -> Group:
    """Names in one column, "UI/registry number" of each in the other."""

    def write(record: Record) -> Sequence[str]:
        substances: tuple[Substance, ...] = getattr(record, field)
        names = join_list([substance.name for substance in substances])
        codes = "; ".join(f"{s.ui or ''}/{s.registry_number or ''}" for s in substances)
        codes = codes if codes.strip("/; ") else ""
        if _substances_of(names, codes) == substances:
            return names, codes
        return as_json(plain(substances)), ""

    def read(cells: Cells, _: list[str]) -> Fields:
        return {field: _substances_of(cells[field], cells[codes_column])}

    return Group((field, codes_column), write, read)


def _substances_of(names: str, codes: str) -> tuple[Substance, ...]:
    found = items_of(Substance, names)
    if found is not None:
        return found
    substances = tuple(map(Substance, split_semicolons(names)))
    pairs = [code.strip().partition("/") for code in codes.split(";")]
    if len(pairs) != len(substances):
        return substances
    return tuple(
        Substance(substance.name, ui or None, number or None)
        for substance, (ui, _, number) in zip(substances, pairs, strict=True)
    )


# -- Lines of parts: grants, related publications ----------------------------------------------


def rows_column(field: str, kind: type[Grant] | type[Related]) -> Group:
    """One line an item, its parts parted by bars in the order of the dataclass."""
    names = [part.name for part in dataclasses.fields(kind)]

    def written(item: object) -> str:
        return " | ".join(getattr(item, name) or "" for name in names).rstrip(" |")

    def read_cell(cell: str) -> tuple[object, ...]:
        found = items_of(kind, cell)
        if found is not None:
            return found
        rows = (line.split("|") for line in cell.splitlines() if line.strip(" |"))
        return tuple(kind(*(clean(part) for part in row[: len(names)])) for row in rows)  # type: ignore[arg-type]

    def write(record: Record) -> Sequence[str]:
        items = getattr(record, field)
        return (readable_or_json("\n".join(map(written, items)), items, read_cell),)

    return Group((field,), write, lambda cells, _: {field: read_cell(cells[field])})


# -- Journal, book, open access, tags ----------------------------------------------------------

JOURNAL = (
    "journal", "journal_abbreviation", "issn_print", "issn_electronic", "issn_linking",
    "journal_nlm_id", "journal_publisher", "journal_country", "impact_factor", "jcr_quartile",
    "jcr_category", "cas_zone", "cas_category", "metrics_year", "journal_metrics",
)  # fmt: skip
_METRIC = ("impact_factor", "jcr_quartile", "jcr_category", "cas_zone", "cas_category", "year")


def _write_journal(record: Record) -> Sequence[str]:
    """The first ranking in columns of its own, any further ones as JSON."""
    name = record.journal or JournalName()
    first = name.metrics[0] if name.metrics else JournalMetric()
    values = (
        name.title, name.iso_abbreviation, name.issn_print, name.issn_electronic,
        name.issn_linking, name.nlm_id, name.publisher, name.country,
        *(getattr(first, field) for field in _METRIC),
    )  # fmt: skip
    more = as_json(plain(name.metrics[1:])) if name.metrics[1:] else ""
    return [*("" if value is None else str(value) for value in values), more]


def _read_journal(cells: Cells, _: list[str]) -> Fields:
    found = JournalName(
        title=clean(cells["journal"]),
        iso_abbreviation=clean(cells["journal_abbreviation"]),
        issn_print=normalise_issn(cells["issn_print"]),
        issn_electronic=normalise_issn(cells["issn_electronic"]),
        issn_linking=normalise_issn(cells["issn_linking"]),
        nlm_id=clean(cells["journal_nlm_id"]),
        publisher=clean(cells["journal_publisher"]),
        country=clean(cells["journal_country"]),
        metrics=(*_first_metric(cells), *(items_of(JournalMetric, cells["journal_metrics"]) or ())),
    )
    return {"journal": None if found == JournalName() else found}


def _first_metric(cells: Cells) -> tuple[JournalMetric, ...]:
    metric = JournalMetric(
        year=_number(int, cells["metrics_year"]),
        impact_factor=_number(float, cells["impact_factor"]),
        jcr_quartile=clean(cells["jcr_quartile"]),
        jcr_category=clean(cells["jcr_category"]),
        cas_zone=_number(int, cells["cas_zone"]),
        cas_category=clean(cells["cas_category"]),
    )
    return () if metric == JournalMetric() else (metric,)


def _number(kind: Callable[[str], N], cell: str) -> N | None:
    """A finite number, or None from anything else."""
    try:
        value = kind(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


BOOK = (
    "book_title",
    "book_publisher",
    "book_place",
    "book_accession",
    "book_isbns",
    "book_editors",
)


def _write_book(record: Record) -> Sequence[str]:
    book = record.book or Book()
    texts = (book.title, book.publisher, book.place, book.accession)
    return [*(text or "" for text in texts), join_list(book.isbns), _write_people(book.editors)]


def _read_book(cells: Cells, _: list[str]) -> Fields:
    found = Book(
        title=clean(cells["book_title"]),
        publisher=clean(cells["book_publisher"]),
        place=clean(cells["book_place"]),
        accession=clean(cells["book_accession"]),
        isbns=split_semicolons(cells["book_isbns"]),
        editors=_read_people(cells["book_editors"]),
    )
    return {"book": None if found == Book() else found}


OPEN_ACCESS = ("open_access", "open_access_status", "open_access_url", "open_access_license")


def _write_open_access(record: Record) -> Sequence[str]:
    access = record.open_access or OpenAccess()
    is_open = {True: "yes", False: "no", None: ""}[access.is_open]
    return is_open, access.status or "", access.url or "", access.license or ""


def _read_open_access(cells: Cells, _: list[str]) -> Fields:
    found = OpenAccess(
        is_open={"yes": True, "true": True, "no": False, "false": False}.get(
            cells["open_access"].lower()
        ),
        status=clean(cells["open_access_status"]),
        url=clean(cells["open_access_url"]),
        license=clean(cells["open_access_license"]),
    )
    return {"open_access": None if found == OpenAccess() else found}


_TAGS = {
    "therapy_classes_confirmed": ("therapy_class", "confirmed"),
    "therapy_classes_rejected": ("therapy_class", "rejected"),
    "regimens_confirmed": ("regimen", "confirmed"),
    "regimens_rejected": ("regimen", "rejected"),
}


def _write_tags(record: Record) -> Sequence[str]:
    return [
        join_list(
            [getattr(tag, kind) for tag in record.tags if tag.state == state and getattr(tag, kind)]
        )
        for kind, state in _TAGS.values()
    ]


def _read_tags(cells: Cells, _: list[str]) -> Fields:
    return {
        "tags": tuple(
            TagLabel(**{kind: slug}, state=state)
            for column, (kind, state) in _TAGS.items()
            for slug in split_semicolons(cells[column])
        )
    }


OTHER_IDS = Group(("other_ids",), _write_other_ids, _read_other_ids)
PUBLISHED = Group(
    ("year", "publication_date", "publication_date_text"), _write_published, _read_published
)
ELECTRONIC = Group(("electronic_date", "electronic_date_text"), _write_electronic, _read_electronic)
REVISED = Group(
    ("revised",), lambda r: (r.revised.isoformat() if r.revised else "",), _read_revised
)
ABSTRACT = Group(("abstract", "abstract_labels", "abstract_html"), _write_abstract, _read_abstract)
AUTHORS = Group(
    ("authors", "author_orcids", "author_affiliations", "author_details"),
    _write_authors,
    _read_authors,
)
MESH = Group(
    ("mesh_headings", "mesh_uis"),
    _write_mesh,
    lambda cells, _: {"mesh_headings": _mesh_of(cells["mesh_headings"], cells["mesh_uis"])},
)
JOURNAL_PARTS = Group(JOURNAL, _write_journal, _read_journal)
BOOK_PARTS = Group(BOOK, _write_book, _read_book)
OPEN_ACCESS_PARTS = Group(OPEN_ACCESS, _write_open_access, _read_open_access)
TAGS = Group(tuple(_TAGS), _write_tags, _read_tags)
