"""CSL-JSON: as Zotero, Mendeley, Crossref and PubMed write it; ours read back and by citeproc-py."""

from __future__ import annotations

import json

import pytest
from citeproc import (
    Citation,
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    formatter,
)
from citeproc.source.json import CiteProcJSON
from hypothesis import HealthCheck, given, settings

from papers.formats import InputFile, Unreadable, read, read_one, write
from papers.formats.csl_json import detect
from papers.records import (
    AuthorName,
    Book,
    JournalName,
    MeshHeading,
    PartialDate,
    Record,
    Rejected,
    Source,
    TagLabel,
)
from tests.papers.formats import any_records


def entries(document: object) -> list:
    content = document if isinstance(document, str) else json.dumps(document)
    return list(read(InputFile.from_bytes(content.encode()), "csl_json"))


def one(**fields: object) -> Record:
    (record,) = entries([{"type": "article-journal", "title": "A title", **fields}])
    assert isinstance(record, Record), record
    return record


def items(*records: Record) -> list[dict[str, object]]:
    return json.loads(b"".join(write("csl_json", records)))


ZOTERO = {
    "id": "http://zotero.org/users/1/items/ABC", "type": "article-journal",
    "container-title": "European Journal of Cancer", "container-title-short": "Eur J Cancer",
    "title": "VIVA in <i>relapsed</i> RMS", "volume": "12", "issue": "3", "page": "309-20",
    "DOI": "10.1016/J.EJCA.2021.01.001", "ISSN": "0959-8049, 1879-0852", "language": "en",
    "note": "PMID: 123\nPMCID: PMC456\nread twice", "URL": "https://example.org/a",
    "author": [
        {"family": "Carlo", "given": "Daniela", "non-dropping-particle": "Di"},
        {"literal": "EpSSG"},
    ],
    "issued": {"date-parts": [["2021", 7, 1]]},
}  # fmt: skip


@pytest.mark.parametrize("document", [[ZOTERO], {"items": [ZOTERO]}, ZOTERO])
def test_zotero_item_is_read(document):
    (record,) = entries(document)

    assert detect(json.dumps(document)) == 80
    assert record == Record(
        source=Source.FILE,
        doi="10.1016/j.ejca.2021.01.001",
        pmid="123",
        pmcid="PMC456",
        title="VIVA in relapsed RMS",
        title_html="VIVA in <i>relapsed</i> RMS",
        authors=(
            AuthorName("Di Carlo, Daniela", "Di Carlo", "Daniela", "D"),
            AuthorName("EpSSG", is_collective=True),
        ),
        journal=JournalName(
            "European Journal of Cancer",
            "Eur J Cancer",
            issn_print="0959-8049",
            issn_electronic="1879-0852",
        ),
        volume="12",
        issue="3",
        pages="309-320",
        published=PartialDate(2021, 7, 1),
        languages=("eng",),
        publication_types=("Journal Article",),
        url="https://example.org/a",
        note="read twice",
    )
    assert read_one(record.raw, record.format) == record


def test_crossref_reply_is_read():
    work = {
        "type": "journal-article", "title": ["A <i>title</i>"], "container-title": ["Cancer"],
        "DOI": "10.1000/X", "ISSN": ["0959-8049"], "is-referenced-by-count": 5,
        "published-online": {"date-parts": [[2020, 12]]}, "issued": {"date-parts": [[2021]]},
        "abstract": "<jats:title>Background</jats:title><jats:p>One.</jats:p>",
        "author": [{"family": "Poli", "given": "E", "ORCID": "https://orcid.org/0000-0002-1825-0097",
                    "affiliation": [{"name": "Padua"}]}],
    }  # fmt: skip

    (record,) = entries({"status": "ok", "message": work})

    assert (record.title, record.journal.title, record.citation_count) == ("A title", "Cancer", 5)
    assert (record.published, record.electronic) == (PartialDate(2021), PartialDate(2020, 12))
    assert (record.authors[0].orcid, record.authors[0].affiliations) == (
        "0000-0002-1825-0097",
        ("Padua",),
    )
    assert [(part.label, part.text) for part in record.abstract_sections] == [
        ("Background", "One.")
    ]


@pytest.mark.parametrize(
    ("issued", "date"),
    [
        ({"date-parts": [[2021]]}, PartialDate(2021)),
        ({"date-parts": [["2021", "07"]]}, PartialDate(2021, 7)),
        ({"raw": "2021-07-01"}, PartialDate(2021, 7, 1)),
        ({"literal": "Spring 2004"}, PartialDate(2004, text="Spring 2004")),
        ({"date-parts": [[2004]], "season": 1}, PartialDate(2004, text="Spring")),
        ({"date-parts": [[1998, 12], [1999, 1]]}, PartialDate(1998, 12, text="1998-12/1999-1")),
        ("2021-07", PartialDate(2021, 7)),
        ({"date-parts": [[None]]}, None),
        ({"date-parts": []}, None),
        (5, None),
    ],
)
def test_dates_in_every_form(issued, date):
    assert one(issued=issued).published == date


def test_impossible_values_are_left_out_with_a_remark():
    record = one(PMID="0", issued={"date-parts": [[20225]]}, DOI="none")

    assert (record.pmid, record.published, record.doi) == (None, None, None)
    assert record.remarks == (
        "DOI 'none' is not valid and was left out.",
        "PMID '0' is not valid and was left out.",
        "Date '20225' holds no year from 1600 to 2100.",
    )


def test_chapter_stands_in_its_book():
    record = one(
        type="chapter", **{"container-title": "Sarcoma", "ISBN": "9780128", "publisher": "P"}
    )

    assert record.book == Book(title="Sarcoma", publisher="P", isbns=("9780128",))
    assert (record.journal, record.publication_types) == (None, ("Book Chapter",))


def test_item_that_is_no_paper_leaves_its_neighbours():
    number, empty, good = entries([4, {"type": "book"}, {"title": "T", "issued": None}])

    assert number == Rejected(1, None, "4", "Item 1 is a number; expected an object.")
    assert empty.reason == "Item 2 has neither a title, nor a valid identifier, nor authors."
    assert good.title == "T"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("42", "The JSON is a number; expected an object or a list of references."),
        ("", "The JSON is broken at line 1, column 1"),
        ('[{"title": "A"}, {"title": "B', "The JSON is broken at line 1, column"),
        ("[" * 100_000, "The JSON is nested too deeply"),
    ],
    ids=["number", "empty", "truncated", "nested"],
)
def test_document_that_is_no_list_is_unreadable(content, sentence):
    with pytest.raises(Unreadable, match=sentence):
        entries(content)


def test_written_item_says_in_csl_what_csl_can_say():
    record = Record(
        source=Source.FILE,
        pmid="7",
        title="10<5",
        authors=(AuthorName("Di Carlo, Daniela", "Di Carlo", "Daniela", "D"),),
        journal=JournalName("Cancer"),
        published=PartialDate(2021, 7),
        publication_types=("Journal Article",),
        keywords=("sarcoma",),
        tags=(
            TagLabel(therapy_class="car_t"),
            TagLabel(setting="mixed"),
            TagLabel(study_design="rct"),
        ),
        mesh_headings=(MeshHeading("Rhabdomyosarcoma", is_major=True),),
    )

    (item,) = items(record)

    assert item == {
        "id": "pmid:7",
        "type": "article-journal",
        "title": "10<5",
        "author": [{"family": "Di Carlo", "given": "Daniela"}],
        "container-title": "Cancer",
        "issued": {"date-parts": [[2021, 7]]},
        "PMID": "7",
        "keyword": "sarcoma; RMS Review: car_t (confirmed); "
        "RMS Review setting: mixed (confirmed); RMS Review design: rct (confirmed)",
        "note": "RMS Review mesh_headings: *Rhabdomyosarcoma",
    }


def test_ids_are_unique():
    twin = Record(source=Source.FILE, doi="10.1000/x", title="T")

    assert [item["id"] for item in items(twin, twin, Record(source=Source.FILE, title="U"))] == [
        "doi:10.1000/x", "doi:10.1000/x-2", "item-3",
    ]  # fmt: skip


def test_nothing_is_written_as_an_empty_list():
    assert items() == []


def test_citeproc_renders_a_bibliography():
    record = Record(
        source=Source.FILE,
        title="VIVA in relapse",
        authors=(
            AuthorName("Poli, Elena", "Poli", "Elena", "E"),
            AuthorName("EpSSG", is_collective=True),
        ),
        journal=JournalName("Cancer", "Cancer", issn_print="0959-8049", nlm_id="1"),
        volume="12",
        pages="1-9",
        published=PartialDate(2021, 7, 1, "Summer"),
        electronic=PartialDate(2020, 1),
        doi="10.1000/x",
        keywords=("a", "b"),
        note="read",
    )
    source = CiteProcJSON(items(record))
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, source, formatter.plain)
    bibliography.register(Citation([CitationItem("doi:10.1000/x")]))

    (entry,) = map(str, bibliography.bibliography())

    assert "Poli" in entry
    assert "2021" in entry
    assert "VIVA in relapse" in entry
    assert "Cancer" in entry


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(any_records.records())
def test_written_record_is_read_back(record):
    (item,) = items(record)
    (found,) = entries([item])

    assert found == record
    assert read_one(found.raw, found.format) == record
