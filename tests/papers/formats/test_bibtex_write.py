"""Writing BibTeX: our reader and bibtexparser read back what was written."""

from __future__ import annotations

import logging

import bibtexparser
import pytest
from bibtexparser.middlewares import LatexDecodingMiddleware
from hypothesis import given
from hypothesis import strategies as st

from papers.formats import InputFile, read, write
from papers.formats.text import clean, initials_of, plain_and_html, sections_from_text
from papers.records import (
    AbstractSection,
    AuthorName,
    Book,
    JournalName,
    MeshHeading,
    MeshQualifier,
    PartialDate,
    Record,
    Related,
    Source,
    TagLabel,
)

FULL = Record(
    source=Source.FILE,
    doi="10.1016/s1470-2045(19)30617-5_a",
    pmid="31562043",
    pmcid="PMC8178207",
    semantic_scholar_id="0123456789abcdef0123456789abcdef01234567",
    other_ids=(("arxiv", "2101.00001"), ("mag", "123"), ("pii", "S1470-2045(19)30617-5")),
    title="Vincristine & irinotecan: 50% of 106 cells",
    title_html="Vincristine &amp; irinotecan: 50% of 10<sup>6</sup> cells",
    original_title="Étude {française}",
    abstract_sections=(
        AbstractSection("BACKGROUND", "A 5% risk of CD34+.", "A 5% risk of CD34<sup>+</sup>."),
        AbstractSection("What it adds", "Nothing_new; P <0.05."),
    ),
    abstract_copyright="© 2019 Elsevier",
    authors=(
        AuthorName("Di Carlo, Daniela", "Di Carlo", "Daniela", "D", orcid="0000-0002-1825-0097"),
        AuthorName("Smith, John A.", "Smith", "John A.", "JA", "Jr"),
        AuthorName("Daniela de la Cruz", "de la Cruz", "Daniela"),
        AuthorName("Children's Oncology Group and others, Inc.", is_collective=True),
    ),
    journal=JournalName("The Lancet. Oncology", "Lancet Oncol", None, "1470-2045", "1474-5488"),
    volume="20",
    issue="11",
    pages="1566-1575",
    published=PartialDate(2019, 11, 4),
    electronic=PartialDate(2019, 9, 24),
    languages=("eng", "fre"),
    publication_types=("Journal Article", "Clinical Trial, Phase II", "Retracted Publication"),
    mesh_headings=(
        MeshHeading("Rhabdomyosarcoma", None, False, (MeshQualifier("drug therapy", None, True), MeshQualifier("genetics"))),
        MeshHeading("Models, Theoretical", is_major=True),
    ),
    keywords=("Sarcoma", "Models, Theoretical", "a; b"),
    trial_registrations=("NCT01222715", "ISRCTN12345678"),
    related=(
        Related("retraction_in", "33333333", "10.1000/x_1", "Lancet Oncol. 2020;21:e1; see there"),
        Related("comment_on"),
    ),
    citation_count=12,
    reference_count=0,
    url="https://example.org/a_b?c=1&d=%20#e~f",
    note="In press; #1",
    tags=(TagLabel(therapy_class="chemotherapy"), TagLabel(regimen="irinotecan_vincristine", state="rejected"),
          TagLabel(setting="first_relapse"), TagLabel(study_design="case_series")),
)  # fmt: skip


def written(*records: Record) -> str:
    return b"".join(write("bibtex", records)).decode()


def read_back(*records: Record) -> list:
    return list(read(InputFile.from_bytes(written(*records).encode()), "bibtex"))


def as_others_read(text: str) -> dict[str, str]:
    """The fields of the one entry as bibtexparser 2 gives them, LaTeX decoded."""
    library = bibtexparser.parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    assert not library.failed_blocks
    (entry,) = library.entries
    return {name: field.value for name, field in entry.fields_dict.items()}


@pytest.fixture(autouse=True)
def _quiet_parser(caplog):
    caplog.set_level(logging.ERROR)


def test_written_record_is_read_back_whole():
    (record,) = read_back(FULL)

    assert record == FULL


def test_written_chapter_is_read_back_whole():
    chapter = Record(
        source=Source.FILE,
        title="Sarcoma",
        authors=(AuthorName("Plato", "Plato"), AuthorName("van Gogh", "van Gogh")),
        book=Book(
            title="Tumours, and more",
            publisher="Wiley & Sons",
            place="New York",
            isbns=("978-0-12-345678-6", "978-0-12-345679-3"),
            editors=(AuthorName("Doe, Jane", "Doe", "Jane", "J"),),
        ),
        published=PartialDate(1998, text="1998 Dec-1999 Jan"),
        publication_types=("Book Chapter",),
    )

    assert written(chapter).startswith("@incollection{plato1998sarcoma,\n")
    assert read_back(chapter) == [chapter]


def test_written_entry_is_readable():
    record = Record(
        source=Source.PUBMED,
        pmid="1",
        title="The RMS of 5%",
        authors=(AuthorName("Müller, Jörg", "Müller", "Jörg", "J"),),
        journal=JournalName("Cancer"),
        pages="217-264",
        published=PartialDate(2021, 7),
        publication_types=("Journal Article",),
    )

    assert written(record) == (
        "@article{muller2021rms,\n"
        "  author = {Müller, Jörg},\n"
        "  title = {{The RMS of 5\\%}},\n"
        "  journal = {Cancer},\n"
        "  year = {2021},\n"
        "  month = jul,\n"
        "  pages = {217--264},\n"
        "  pmid = {1},\n"
        "  type = {Journal Article},\n"
        "}\n\n"
    )


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        ({"publication_types": ("Thesis",)}, "phdthesis"),
        ({"publication_types": ("Retracted Publication",)}, "article"),
        ({"journal": JournalName("Cancer")}, "article"),
        ({"book": Book(title="Tumours")}, "incollection"),
        ({"book": Book(publisher="Wiley")}, "book"),
        ({}, "misc"),
    ],
)
def test_kind_of_entry(parts, kind):
    assert written(Record(source=Source.FILE, title="T", **parts)).startswith(f"@{kind}{{")


def test_keys_are_unique_and_ascii():
    def paper(title: str | None, name: str | None = None) -> Record:
        people = (AuthorName(name, name),) if name else ()
        return Record(source=Source.FILE, pmid="1", title=title, authors=people)

    text = written(
        *[paper("A study", "Łoś")] * 29, paper("研究", "王"), paper(None), paper("Of the 5")
    )

    keys = [line.partition("{")[2].rstrip(",") for line in text.splitlines() if line[:1] == "@"]
    assert keys[:2] == ["osstudy", "osstudya"]
    assert keys[26:29] == ["osstudyz", "osstudyaa", "osstudyab"]
    assert keys[29:] == ["record", "anonymous", "anonymousa"]
    assert len(set(keys)) == 32


def test_bibtexparser_reads_the_same_facts():
    fields = as_others_read(written(FULL))

    assert fields["title"] == "Vincristine & irinotecan: 50% of 106 cells"
    assert fields["doi"] == FULL.doi
    assert fields["year"] == "2019"
    assert fields["pages"] == "1566–1575"
    assert fields["keywords"].endswith(
        "RMS Review: chemotherapy (confirmed); "
        "RMS Review regimen: irinotecan_vincristine (rejected); "
        "RMS Review setting: first_relapse (confirmed); "
        "RMS Review design: case_series (confirmed)"
    )
    assert "Retracted Publication" in fields["type"]


def test_url_stays_as_latex_links_need_it():
    library = bibtexparser.parse_string(written(FULL), parse_stack=[])

    (entry,) = library.entries
    assert entry.fields_dict["url"].value == r"{https://example.org/a_b?c=1&d=\%20#e~f}"


HARD = st.lists(
    st.one_of(
        st.sampled_from([*"\\{}%#&$~@_^-`'\"<>,;: aZ0(\n\t=|*/", " and ", "é", "שלום", "𝛼", "\u202e"]),
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=5),
    ),
    min_size=1,
    max_size=30,
).map("".join)  # fmt: skip
PLAIN = HARD.map(clean).filter(lambda text: text is not None and clean(text) == text)


@given(PLAIN)
def test_any_title_is_read_back(title):
    record = Record(source=Source.FILE, pmid="1", title=title)

    assert [back.title for back in read_back(record)] == [title]


@given(PLAIN, PLAIN, PLAIN)
def test_any_texts_are_read_back(text, journal, note):
    record = Record(
        source=Source.FILE,
        pmid="1",
        title="T",
        original_title=text,
        abstract_sections=sections_from_text(text.replace("&", "")),
        journal=JournalName(journal),
        volume=text,
        publication_types=("Journal Article",),
        note=f"Note: {note}",
    )

    (back,) = read_back(record)

    assert back.original_title == text
    assert back.journal == record.journal
    assert back.volume == text
    assert back.note == record.note


WORD = PLAIN.filter(lambda text: plain_and_html(text) == (text, None))


@given(st.lists(WORD, unique=True, max_size=4))
def test_any_keywords_are_read_back(keywords):
    record = Record(source=Source.FILE, pmid="1", title="T", keywords=tuple(keywords))

    assert [back.keywords for back in read_back(record)] == [tuple(keywords)]


NAME_PART = WORD.filter(lambda text: any(letter.isalpha() for letter in text))


@given(st.lists(st.tuples(NAME_PART, NAME_PART), max_size=3))
def test_any_inverted_names_are_read_back(people):
    record = Record(
        source=Source.FILE,
        pmid="1",
        title="T",
        authors=tuple(
            AuthorName(f"{family}, {given}", family, given, initials_of(given))
            for family, given in people
        ),
    )

    (back,) = read_back(record)

    assert back.authors == record.authors


@given(WORD)
def test_any_group_is_read_back(name):
    record = Record(
        source=Source.FILE, pmid="1", title="T", authors=(AuthorName(name, is_collective=True),)
    )

    assert [back.authors for back in read_back(record)] == [record.authors]


@given(PLAIN.filter(lambda text: text.isascii() and not set("{}^") & set(text)))
def test_bibtexparser_reads_any_title(title):
    fields = as_others_read(written(Record(source=Source.FILE, pmid="1", title=title)))

    # It gives other signs for braces and ^, knows no HTML, and treats spaces its own way.
    if plain_and_html(title)[0] == title:
        assert "".join(fields["title"].split()) == "".join(title.split())
