"""Hypothesis strategies for Records as readers make them: normal identifiers, clean text."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from papers.formats.text import clean
from papers.records import (
    TARGETS,
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
    Source,
    Substance,
    TagLabel,
)

NASTY = st.sampled_from(
    (
        "=1+1", "+49", "-1", "@cmd", "'=x", "a; b", "a, b", "a | b", "['x']", "[{}]", '"', '"a"',
        "P <0.05 & <i>", "AT&amp;T", "10<sup>6</sup>", "_x0041_", "x:y", "PMID: 5", "{}", "\\",
        "שלום עולם", "𝔘𝔫𝔦", "👩‍🔬", "RMS Review note: x", "n/a", "null", "no title", "*a/b", "-", "#N/A",
    )
)  # fmt: skip
_CHARS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\ufeff")


def _cleaned(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return texts.map(clean).filter(bool)


text = _cleaned(st.one_of(NASTY, st.text(_CHARS, min_size=1, max_size=8)))
texts = st.lists(text, max_size=3, unique=True).map(tuple)
maybe = st.one_of(st.none(), text)
digits = st.integers(1, 99_999_999).map(str)
slugs = st.from_regex(r"[a-z][a-z0-9_-]{0,10}", fullmatch=True)


@st.composite
def _date(draw: st.DrawFn) -> PartialDate:
    day = draw(st.dates(dt.date(1600, 1, 1), dt.date(2100, 12, 31)))
    precision = draw(st.integers(1, 3))
    return PartialDate(
        day.year,
        day.month if precision > 1 else None,
        day.day if precision > 2 else None,
        draw(maybe),
    )


dates = st.one_of(st.none(), _date())
people = st.builds(
    AuthorName,
    name=text,
    family=maybe,
    given=maybe,
    initials=maybe,
    suffix=maybe,
    is_collective=st.booleans(),
    orcid=st.sampled_from((None, "0000-0002-1825-0097")),
    semantic_scholar_id=st.one_of(st.none(), digits),
    affiliations=texts,
)
sections = st.builds(AbstractSection, label=maybe, text=text)
metrics = st.builds(
    JournalMetric,
    year=st.one_of(st.none(), st.integers(1990, 2030)),
    impact_factor=st.one_of(st.none(), st.integers(1, 900).map(lambda n: n / 10)),
    jcr_quartile=maybe,
    jcr_category=maybe,
    cas_zone=st.one_of(st.none(), st.integers(1, 4)),
    cas_category=text,
)
issns = st.sampled_from((None, "1879-355X", "2226-7190"))
journals = st.builds(
    JournalName,
    title=text,
    iso_abbreviation=maybe,
    issn_linking=issns,
    issn_print=issns,
    issn_electronic=issns,
    nlm_id=maybe,
    publisher=maybe,
    country=maybe,
    metrics=st.lists(metrics, max_size=2).map(tuple),
)
qualifiers = st.builds(MeshQualifier, name=text, ui=maybe, is_major=st.booleans())
headings = st.builds(
    MeshHeading,
    descriptor=text,
    ui=maybe,
    is_major=st.booleans(),
    qualifiers=st.lists(qualifiers, max_size=2).map(tuple),
)
substances = st.lists(
    st.builds(Substance, name=text, ui=maybe, registry_number=maybe), max_size=2
).map(tuple)
books = st.builds(
    Book,
    title=text,
    publisher=maybe,
    place=maybe,
    isbns=texts,
    accession=maybe,
    editors=st.lists(people, max_size=2).map(tuple),
    published=dates,
)
tags = st.lists(
    st.one_of(
        *(
            st.builds(TagLabel, **{field: slugs}, state=st.sampled_from(("confirmed", "rejected")))
            for field in TARGETS
        )
    ),
    max_size=3,
    unique=True,
).map(lambda found: tuple(sorted(found, key=_place_of_tag)))


def _place_of_tag(tag: TagLabel) -> tuple[int, str, str]:
    """Spreadsheets keep tags in columns: in the order of TARGETS, confirmed before rejected."""
    field, slug = tag.target
    return list(TARGETS).index(field), tag.state, slug


_FIELDS: dict[str, st.SearchStrategy[object]] = dict(
    doi=st.sampled_from((None, "10.1000/a.b(c)<d>e", "10.1016/s1470-2045(19)30617-5")),
    pmid=st.one_of(st.none(), digits),
    pmid_version=st.one_of(st.none(), st.integers(1, 9)),
    pmcid=st.one_of(st.none(), digits.map("PMC{}".format)),
    semantic_scholar_id=st.sampled_from((None, "a" * 40)),
    other_ids=st.lists(st.tuples(slugs, text), max_size=2, unique_by=lambda p: p[0]).map(tuple),
    title=text,
    original_title=maybe,
    abstract_sections=st.lists(sections, max_size=3).map(tuple),
    abstract_copyright=maybe,
    authors=st.lists(people, max_size=3).map(tuple),
    journal=st.one_of(st.none(), journals),
    book=st.one_of(st.none(), books),
    volume=maybe,
    issue=maybe,
    pages=maybe,
    published=dates,
    electronic=dates,
    revised=st.one_of(st.none(), st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))),
    languages=texts,
    publication_types=texts,
    mesh_headings=st.lists(headings, max_size=2).map(tuple),
    supplementary_concepts=substances,
    keywords=texts,
    substances=substances,
    trial_registrations=texts,
    grants=st.lists(st.builds(Grant, number=text, agency=maybe, country=maybe), max_size=2).map(
        tuple
    ),
    related=st.lists(
        st.builds(Related, type=slugs, pmid=st.one_of(st.none(), digits), citation=maybe),
        max_size=2,
    ).map(tuple),
    open_access=st.one_of(st.none(), st.builds(OpenAccess, is_open=st.booleans(), status=maybe)),
    citation_count=st.one_of(st.none(), st.integers(0, 99_999)),
    reference_count=st.one_of(st.none(), st.integers(0, 99_999)),
    medline_status=maybe,
    publication_status=maybe,
    url=maybe,
    note=maybe,
    tldr=maybe,
    tags=tags,
)


@st.composite
def records(draw: st.DrawFn) -> Record:
    """A titled Record with a few other fields; all at once would be slow and show no more."""
    names = draw(st.lists(st.sampled_from(sorted(_FIELDS)), max_size=6, unique=True))
    fields = {name: draw(_FIELDS[name]) for name in names}
    return Record(**{"source": Source.FILE, "title": draw(text), **fields})
