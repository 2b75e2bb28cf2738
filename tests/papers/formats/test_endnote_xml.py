"""EndNote XML: its styles, its habits, damaged and hostile files."""

from __future__ import annotations

import json

import pytest

from papers.formats import InputFile, Unreadable, detect, endnote_xml, read, read_one
from papers.records import (
    AbstractSection,
    AuthorName,
    PartialDate,
    Record,
    Rejected,
    Source,
    TagLabel,
)

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<xml><records>\n'
TAIL = "</records></xml>"


def styled(text: str, face: str = "normal") -> str:
    return f'<style face="{face}" font="default" size="100%">{text}</style>'


def element(inside: str = "", title: str = "T", kind: str = "Journal Article") -> str:
    return (
        f'<record><ref-type name="{kind}">17</ref-type>'
        f"<titles><title>{title}</title></titles>{inside}</record>\n"
    )


def entries(content: str | bytes) -> list:
    raw = content.encode() if isinstance(content, str) else content
    return list(read(InputFile.from_bytes(raw), "endnote_xml"))


def one(inside: str = "", **parts: str) -> Record:
    (record,) = entries(HEAD + element(inside, **parts) + TAIL)
    assert isinstance(record, Record), record
    assert read_one(record.raw, "endnote_xml") == record
    return record


def test_read_gives_each_record_its_bytes_line_and_place():
    first, second = entries(HEAD + element(title="A") + element(title="B") + TAIL)

    assert [(record.title, record.line, record.position) for record in (first, second)] == [
        ("A", 3, 1),
        ("B", 4, 2),
    ]
    assert first.raw == element(title="A").strip().encode()
    assert first.source == Source.FILE


def test_styles_become_markup():
    title = (
        f"{styled('PAX3')}{styled('-FOXO1', 'italic')}{styled(' in 10')}"
        f"{styled('6', 'superscript')}{styled(' cells &lt;5', 'bold italic')}"
    )

    record = one(title=title)

    assert record.title == "PAX3-FOXO1 in 106 cells <5"
    assert record.title_html == ("PAX3<i>-FOXO1</i> in 10<sup>6</sup><i><b> cells &lt;5</b></i>")


def test_layout_between_styles_is_no_text():
    title = f"\n   {styled('10')}\n   {styled('6', 'superscript')}\n   {styled(' cells')}\n  "

    assert one(title=title).title == "106 cells"


def test_identifiers():
    record = one(
        "<accession-num>31562043</accession-num><custom2>PMC8178207</custom2>"
        "<electronic-resource-num>https://doi.org/10.1000/ABC.&#xD;S1470(19)</electronic-resource-num>"
        "<remote-database-name>Medline</remote-database-name>"
    )

    assert (record.pmid, record.pmcid, record.doi) == ("31562043", "PMC8178207", "10.1000/abc")
    assert record.other_ids == ()


@pytest.mark.parametrize(
    ("number", "database", "expected"),
    [
        ("WOS:000223334444221", "", ("wos", "WOS:000223334444221")),
        ("604365838", "Embase", ("embase", "604365838")),
        ("rayyan-1", "", ("accession", "rayyan-1")),
    ],
)
def test_accession_number_of_another_database_is_no_pmid(number, database, expected):
    record = one(
        f"<accession-num>{number}</accession-num>"
        f"<remote-database-name>{database}</remote-database-name>"
    )

    assert record.pmid is None
    assert record.other_ids == (expected,)


def test_pmid_0_and_impossible_year_are_left_out_and_said():
    record = one("<accession-num>0</accession-num><dates><year>20225</year></dates>")

    assert (record.pmid, record.published) == (None, None)
    assert record.remarks == (
        "PMID '0' is not valid and was left out.",
        "Year '20225' is not a year from 1600 to 2100.",
    )


def test_doi_that_is_none_is_left_out_and_said():
    record = one("<electronic-resource-num>S1470(19)</electronic-resource-num>")

    assert record.doi is None
    assert record.remarks == ("DOI 'S1470(19)' is not valid and was left out.",)


def test_people():
    record = one(
        "<contributors><authors><author>Di Carlo, Daniela</author><author>Smith, J. A.</author>"
        "<author>Children's Oncology Group,</author><author>World Health Assembly,</author>"
        "</authors></contributors><auth-address>Rome, Italy.</auth-address>"
    )

    assert record.authors == (
        AuthorName("Di Carlo, Daniela", "Di Carlo", "Daniela", "D", affiliations=("Rome, Italy.",)),
        AuthorName("Smith, J. A.", "Smith", "J. A.", "JA"),
        AuthorName("Children's Oncology Group", is_collective=True),
        AuthorName("World Health Assembly", is_collective=True),
    )


def test_addresses_of_several_authors_belong_to_nobody():
    record = one(
        "<contributors><authors><author>A, B</author><author>C, D</author></authors></contributors>"
        "<auth-address>Rome&#xD;Padua&#xD;Milan</auth-address>"
    )

    assert [author.affiliations for author in record.authors] == [(), ()]


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ("<year>2021</year>", PartialDate(2021)),
        ("<year>2021</year><pub-dates><date>Jul 1</date></pub-dates>", PartialDate(2021, 7, 1)),
        ("<year>2021</year><pub-dates><date>2021/07/01</date></pub-dates>", PartialDate(2021, 7, 1)),
        ("<year>2021</year><pub-dates><date>Jan-Feb</date></pub-dates>", PartialDate(2021, text="Jan-Feb")),
        ("<year>2021</year><pub-dates><date>2020-12-31</date></pub-dates>", PartialDate(2021)),
        ("<pub-dates><date>2020-12-31</date></pub-dates>", PartialDate(2020, 12, 31)),
        ("", None),
    ],
)  # fmt: skip
def test_dates(dates, expected):
    assert one(f"<dates>{dates}</dates>").published == expected


def test_journal():
    record = one(
        "<periodical><full-title>The Lancet. Oncology</full-title><abbr-1>Lancet Oncol</abbr-1>"
        "</periodical><isbn>1474-5488 (Electronic)&#xD;1470-2045 (Linking)</isbn>"
        "<volume>20</volume><number>11</number><pages>1566-75</pages><language>eng</language>"
    )

    assert record.journal.title == "The Lancet. Oncology"
    assert record.journal.iso_abbreviation == "Lancet Oncol"
    assert (record.journal.issn_print, record.journal.issn_electronic) == ("1470-2045", "1474-5488")
    assert (record.volume, record.issue, record.pages) == ("20", "11", "1566-1575")
    assert record.languages == ("eng",)


def test_chapter_has_its_book():
    record = one(
        "<titles><secondary-title>Tumours</secondary-title></titles><publisher>Wiley</publisher>"
        "<pub-location>New York</pub-location><isbn>978-0-12-345678-6</isbn>"
        "<contributors><secondary-authors><author>Doe, Jane</author></secondary-authors></contributors>",
        kind="Book Section",
    )

    assert record.publication_types == ("Book Chapter",)
    assert record.book.title == "Tumours"
    assert (record.book.publisher, record.book.place) == ("Wiley", "New York")
    assert record.book.isbns == ("978-0-12-345678-6",)
    assert [editor.name for editor in record.book.editors] == ["Doe, Jane"]
    assert record.journal is None


def test_keywords_in_one_element_and_tags():
    record = one(
        "<keywords><keyword>Child&#xD;Models, Theoretical</keyword><keyword>Child</keyword>"
        f"<keyword>{styled('RMS Review: car_t (confirmed)')}</keyword></keywords>"
    )

    assert record.keywords == ("Child", "Models, Theoretical")
    assert record.tags == (TagLabel(therapy_class="car_t"),)


def test_types_of_work_type():
    record = one("<work-type>Clinical Trial; Review</work-type>")

    assert record.publication_types == ("Journal Article", "Clinical Trial", "Review")


def test_abstract_with_script_and_sup():
    record = one(
        "<abstract>BACKGROUND: 10&lt;sup&gt;6&lt;/sup&gt;&lt;script&gt;alert(1)&lt;/script&gt; cells."
        "&#xD;RESULTS: P &lt; 0.05.</abstract>"
    )

    assert record.abstract_sections == (
        AbstractSection("BACKGROUND", "106 cells.", "10<sup>6</sup> cells."),
        AbstractSection("RESULTS", "P < 0.05."),
    )


def test_notes_urls_and_trials():
    record = one(
        "<notes>NCT01222715&#xD;Included</notes><urls><related-urls>"
        "<url>&lt;Go to ISI&gt;://000200148800007</url><url>https://x.org/?a=1&amp;copy=2</url>"
        "</related-urls></urls>"
    )

    assert record.note == "NCT01222715 Included"
    assert record.trial_registrations == ("NCT01222715",)
    assert record.url == "https://x.org/?a=1&copy=2"


def test_pmid_of_a_link():
    url = "<urls><related-urls><url>https://pubmed.ncbi.nlm.nih.gov/31562043/</url></related-urls></urls>"

    assert one(url).pmid == "31562043"


def test_bad_record_costs_only_itself():
    broken = "<record><titles><title>B</titel></titles></record>\n"

    first, bad, last = entries(HEAD + element(title="A") + broken + element(title="C") + TAIL)

    assert (first.title, last.title) == ("A", "C")
    assert isinstance(bad, Rejected)
    assert (bad.position, bad.line, bad.raw) == (2, 4, broken.strip())
    assert bad.reason.startswith("The record is not well-formed XML: ")


def test_record_that_names_nothing_is_rejected():
    (bad,) = entries(HEAD + "<record><volume>1</volume></record>" + TAIL)

    assert bad.reason == "The record has neither a title, nor authors, nor a valid identifier."


def test_truncated_last_record_is_rejected():
    first, bad = entries(HEAD + element(title="A") + "<record><titles><title>B</ti")

    assert first.title == "A"
    assert bad.line == 4
    assert bad.reason == (
        "The record has no end: the file is cut off or damaged here. Export it again."
    )


BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE xml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>\n'
    "<xml><records>" + element(title="&b;") + TAIL
)


def test_entities_of_its_own_make_a_file_unreadable():
    with pytest.raises(Unreadable, match="declares entities of its own"):
        entries(BOMB)


def test_external_document_type_is_not_opened(tmp_path):
    secret = tmp_path / "secret.dtd"
    secret.write_text('<!ENTITY s "secret">')
    doctype = f'<!DOCTYPE xml SYSTEM "{secret.as_uri()}">\n<xml><records>'

    (record,) = entries(doctype + element(title="A") + TAIL)
    (bad,) = entries(doctype + element(title="&s;") + TAIL)

    assert record.title == "A"
    assert isinstance(bad, Rejected)
    assert "secret" not in bad.reason


@pytest.mark.parametrize("declared", ["UTF-8", "utf-16", "hex", "nonsense-9"])
def test_wrong_encoding_declaration_is_survived(declared):
    head = f'<?xml version="1.0" encoding="{declared}"?><xml><records>'

    (utf8,) = entries((head + element(title="Müller") + TAIL).encode())
    (latin,) = entries((head + element(title="Müller") + TAIL).encode("cp1252"))

    assert utf8.title == "Müller"
    assert read_one(utf8.raw, "endnote_xml") == utf8
    assert latin.title == "Müller"
    assert read_one(latin.raw, "endnote_xml") == latin


def test_utf_16_file_is_read():
    (record,) = entries((HEAD + element(title="Müller שלום") + TAIL).encode("utf-16"))

    assert record.title == "Müller שלום"


def test_long_title_and_3000_authors_are_kept():
    people = "".join(f"<author>Family{number}, A.</author>" for number in range(3000))

    record = one(f"<contributors><authors>{people}</authors></contributors>", title="x" * 10_000)

    assert len(record.title) == 10_000
    assert len(record.authors) == 3000


@pytest.mark.parametrize(("head", "sureness"), [
    (HEAD + element(), 95), ("<xml><records></records></xml>", 20), ("<PubmedArticleSet>", 0), ("", 0),
])  # fmt: skip
def test_detect(head, sureness):
    assert endnote_xml.detect(head) == sureness


def test_file_is_recognised_by_its_content():
    assert detect(InputFile.from_bytes((HEAD + element() + TAIL).encode())).name == "endnote_xml"


def test_empty_set_holds_nothing():
    assert entries(HEAD + TAIL) == []


def facts_of(record: Record) -> dict[str, object]:
    """What an answer key says of a record, by its names there."""
    people = [author.name for author in record.authors]
    journal = record.journal.title if record.journal else None
    return {
        "ref_type": record.publication_types[0] if record.publication_types else None,
        "title": record.title,
        "secondary_title": journal,
        "periodical": journal,
        "first_author": people[0] if people else None,
        "last_author": people[-1] if people else None,
        "n_authors": len(people),
        "year": record.published.year if record.published else None,
        "accession": dict(record.other_ids).get("wos"),
    }


@pytest.mark.parametrize(
    ("name", "n_facts"),
    [("EndnoteXmlImporterTestLabelAndMultiTitle.xml", 26), ("EndnoteXmlImporterTestReport.xml", 6)],
)
def test_answer_keys_hold(shared, name, n_facts):
    folder = shared / "payloads/endnote/jabref"
    key = json.loads((folder / "expected.json").read_text())[name]

    records = list(read(InputFile.from_path(folder / name)))

    assert len(records) == key["n_records"]
    told = [facts_of(record) for record in records]
    failures = [
        (number, fact, expected, told[number][fact])
        for number, facts in enumerate(key["records"])
        for fact, expected in facts.items()
        if told[number][fact] != expected
    ]
    total = sum(map(len, key["records"]))
    assert not failures, f"{total - len(failures)} of {total} facts; {failures}"
    assert total == n_facts
    assert all(read_one(record.raw, record.format) == record for record in records)
