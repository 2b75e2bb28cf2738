"""CSV and TSV: other programs' tables and their damage; our own columns there and back."""

from __future__ import annotations

import csv
import io
import json
import time

import pytest
from hypothesis import HealthCheck, given, settings

from papers.formats import InputFile, Unreadable, read, read_one, write
from papers.formats.csv import detect
from papers.records import (
    AbstractSection,
    AuthorName,
    PartialDate,
    Record,
    Rejected,
    Source,
    TagLabel,
)
from tests.papers.formats import any_records


def entries(content: str | bytes) -> list:
    raw = content.encode() if isinstance(content, str) else content
    return list(read(InputFile.from_bytes(raw), "csv"))


def one(content: str | bytes) -> Record:
    (record,) = entries(content)
    assert isinstance(record, Record), record
    return record


def written(*records: Record) -> bytes:
    return b"".join(write("csv", records))


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


# -- What others write -------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separator_is_found(separator):
    content = f"Title{separator}Year{separator}PMID\nA{separator}2021{separator}7\n"

    record = one(content)

    assert detect(content) == 55
    assert (record.title, record.published, record.pmid) == ("A", PartialDate(2021), "7")
    assert record.line == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encoding_and_line_ends_make_no_difference(encoding, newline):
    content = newline.join(("Title,Authors", "Über Läsionen,Müller A", "")).encode(encoding)

    record = one(content)

    assert (record.title, record.authors[0].family) == ("Über Läsionen", "Müller")


def test_quoted_cell_keeps_its_line_ends_and_the_lines_are_counted():
    first, second = entries('Title,Abstract\nA,"One\n\ntwo, ""three"""\nB,x\n')

    assert first.abstract == 'One two, "three"'
    assert (first.line, second.line) == (2, 5)


def test_row_with_too_many_cells_is_rejected_alone():
    good, bad, last = entries("Title,Year\nA,2020\nB, and C,2021\nD,2022\n")

    assert (good.title, last.title) == ("A", "D")
    assert bad == Rejected(
        2,
        3,
        "B,and C,2021\n",
        "Row 2 has 3 cells, but the header has 2. Put quotes around cells that hold the separator.",
    )


def test_row_with_too_few_cells_is_read_with_a_remark():
    record = one("Title,Year,DOI\nA,2020\n")

    assert (record.title, record.published) == ("A", PartialDate(2020))
    assert record.remarks == ("Row 1 has 2 cells of 3; the missing ones were taken as empty.",)


def test_quote_that_is_never_closed_costs_its_row_only():
    bad, good = entries('Title,Year\n"A,2020\nB,2021\n')

    assert bad.line == 2
    assert bad.reason.startswith("A quote in this row is never closed.")
    assert good.title == "B"


def test_nul_bytes_are_removed_and_said():
    record = one(b"Title,Year\nA\x00B,2020\n")

    assert record.title == "AB"
    assert record.remarks == ("NUL bytes were removed.",)


def test_header_below_a_preamble_is_found():
    content = 'Search: rhabdomyosarcoma\n"Exported, 2024"\n\nTitle,Year,DOI\nA,2020,10.1000/x\n'

    record = one(content)

    assert detect(content) == 55
    assert (record.title, record.doi, record.line) == ("A", "10.1000/x", 5)


def test_excel_names_its_separator_in_the_first_line():
    record = one("sep=;\nTitle;Year\nA, B;2020\n")

    assert (record.title, record.published) == ("A, B", PartialDate(2020))


def test_second_column_of_a_name_helps_out_where_the_first_is_empty():
    first, second = entries("Title,DOI,DOI\nA,,10.1000/b\nB,10.1000/c,10.1000/d\n")

    assert (first.doi, second.doi) == ("10.1000/b", "10.1000/c")


@pytest.mark.parametrize(
    ("header", "row", "said"),
    [
        ("UT (Unique WOS ID)\tArticle Title\tSource Title", "WOS:1\tA\tCancer", ("A", "Cancer")),
        ("PT\tAU\tTI\tSO\tPY", "J\tPoli, E; Liu, R\tA\tCANCER\t2020", ("A", "CANCER")),
        ("Authors;Title;Source title;EID", "Poli E.;A;Cancer;2-s2.0-1", ("A", "Cancer")),
        ("Key,Item Type,Publication Title,Title", "X,journalArticle,Cancer,A", ("A", "Cancer")),
        ("Title,Authors,Journal,Covidence #", "A,Poli E,Cancer,#12", ("A", "Cancer")),
        ("key,title,authors,journal,issn", "r1,A,Poli E,Cancer,1879-355X", ("A", "Cancer")),
        ("record_id,title,included", "1,A,1", ("A", None)),
        ("Cochrane Review ID,Title,Source", "CD1,A,Cancer", ("A", "Cancer")),
    ],
    ids=["wos", "wos-tagged", "scopus", "zotero", "covidence", "rayyan", "asreview", "cochrane"],
)
def test_headers_of_other_programs(header, row, said):
    record = one(f"{header}\n{row}\n")

    assert (record.title, record.journal and record.journal.title) == said


def test_pubmed_citation_is_taken_apart():
    record = one(
        'PMID,Title,Citation\n7,A,"Nature. 2021 Dec 21;1(2):10-11. doi: 10.1111/n1. Epub 2021 Nov 3."\n'
    )

    assert record.published == PartialDate(2021, 12, 21)
    assert record.electronic == PartialDate(2021, 11, 3)
    assert (record.volume, record.issue, record.pages) == ("1", "2", "10-11")
    assert (record.doi, record.journal.title) == ("10.1111/n1", "Nature")


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Smith A, Walter B", ["Smith A", "Walter B"]),
        ("Di Carlo, Daniela; Poli, Elena", ["Di Carlo, Daniela", "Poli, Elena"]),
        ("Daniela Di Carlo and Elena Poli", ["Daniela Di Carlo", "Elena Poli"]),
        ("['Marx, Karl', 'Lindgren, Astrid']", ["Marx, Karl", "Lindgren, Astrid"]),
        ("Children's Oncology Group; Poli E", ["Children's Oncology Group", "Poli E"]),
        ("Poli E, et al.", ["Poli E"]),
        ("[No author name available]", []),
    ],
)
def test_authors_of_one_cell(cell, names):
    record = one(f'Title,Authors\nA,"{cell}"\n')

    assert [author.name for author in record.authors] == names


# -- Bad values --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written_doi", ["https://doi.org/10.1000/AbC", "10.1000/abc.", "DOI: 10.1000/ABC"]
)
def test_doi_is_normalised(written_doi):
    assert one(f"Title,DOI\nA,{written_doi}\n").doi == "10.1000/abc"


def test_impossible_values_are_left_out_with_a_remark():
    record = one("Title,PMID,Year,DOI\nA,0,20225,none at all\n")

    assert (record.pmid, record.published, record.doi) == (None, None, None)
    assert record.remarks == (
        "DOI 'none at all' is not valid and was left out.",
        "PMID '0' is not valid and was left out.",
        "Year '20225' is not a year from 1600 to 2100.",
    )


def test_row_that_says_nothing_is_rejected_with_the_invalid_identifier():
    (rejected,) = entries("Title,PMID\n,0\n")

    assert rejected == Rejected(
        1,
        2,
        ",0\n",
        "Row 1 has neither a title, nor a valid identifier, nor authors. "
        "PMID '0' is not valid and was left out.",
    )


def test_script_goes_and_superscript_stays():
    record = one('Title,Abstract\nA,"10<sup>6</sup> cells<script>alert(1)</script>"\n')

    assert record.abstract_sections == (AbstractSection(None, "106 cells", "10<sup>6</sup> cells"),)


def test_very_long_title_many_authors_and_every_script():
    names = "; ".join(f"Family{number}, A" for number in range(3000))
    title = "שלום 𝔘 👩‍🔬 " + "x" * 10_000

    record = one(f'Title,Authors\n"{title}","{names}"\n')

    assert record.title == title
    assert len(record.authors) == 3000


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\x00\x00"])
def test_file_without_a_header_is_unreadable(content):
    with pytest.raises(Unreadable, match="The file has no header row"):
        entries(content)


def test_file_with_unknown_columns_says_which_names_are_known():
    with pytest.raises(Unreadable, match=r"The first row has 'foo', 'bar'; known are .* Title"):
        entries("foo,bar\n1,2\n")


@pytest.mark.parametrize(
    "text", ["42", '{"title": 1}', "<xml/>", "@article{", "Some words.\nMore."]
)
def test_other_content_is_not_detected(text):
    assert detect(text) == 0


def test_reading_is_linear_even_with_open_quotes():
    line = 'A title,"open quote,2020\n'
    start = time.perf_counter()
    entries("Title,Note,Year\n" + line * 2_000)
    short = time.perf_counter() - start

    start = time.perf_counter()
    entries("Title,Note,Year\n" + line * 8_000)

    assert time.perf_counter() - start < 12 * short + 0.5


# -- Our own columns ---------------------------------------------------------------------------


def test_written_row_is_for_people_too():
    record = Record(
        source=Source.FILE,
        title="A title",
        pmid="7",
        authors=(
            AuthorName("Poli, Elena", "Poli", "Elena", "E"),
            AuthorName("Liu R", "Liu", "R", "R"),
        ),
        published=PartialDate(2021, 7),
        abstract_sections=(AbstractSection("AIM", "x"), AbstractSection("RESULTS", "y")),
        tags=(
            TagLabel(therapy_class="chemotherapy"),
            TagLabel(regimen="ivado", state="rejected"),
            TagLabel(setting="mixed"),
            TagLabel(setting="maintenance"),
            TagLabel(study_design="rct", state="rejected"),
        ),
    )

    (row,) = rows_of(written(record))

    said = {name: cell for name, cell in row.items() if cell}
    assert said == {
        "title": "A title",
        "pmid": "7",
        "authors": "Poli, Elena; Liu R",
        "year": "2021",
        "publication_date": "2021-07",
        "abstract": "AIM: x\n\nRESULTS: y",
        "abstract_labels": "AIM; RESULTS",
        "therapy_classes_confirmed": "chemotherapy",
        "regimens_rejected": "ivado",
        "settings_confirmed": "mixed; maintenance",
        "study_designs_rejected": "rct",
    }


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\uff1d"])
def test_formula_is_disarmed_and_read_back(first):
    record = Record(
        source=Source.FILE, title=f"{first}1+1", keywords=(f"{first}cmd|' /C calc'!A0",)
    )

    content = written(record)

    (row,) = rows_of(content)
    assert row["title"] == f"'{first}1+1"
    assert row["keywords"].startswith("'")
    assert entries(content) == [record]


def test_markup_in_our_own_columns_is_sanitised_again():
    record = Record(source=Source.FILE, title="106 cells", title_html="10<sup>6</sup> cells")
    content = written(record).replace(b"10<sup>6", b"10<img src=x onerror=alert(1)><sup>6")

    changed = one(content)

    assert changed.title_html is None or "onerror" not in changed.title_html


def test_author_removed_by_hand_takes_no_orcid_of_another():
    authors = (
        AuthorName("Poli E", "Poli", "E", "E", orcid="0000-0002-1825-0097"),
        AuthorName("Liu R", "Liu", "R", "R"),
    )
    content = written(Record(source=Source.FILE, title="A", authors=authors))

    changed = one(content.replace(b"Poli E; Liu R", b"Liu R"))

    assert changed.authors == (AuthorName("Liu R", "Liu", "R", "R"),)
    assert changed.remarks == (
        "The cell author_orcids has 2 items for 1 authors; it was left out.",
    )


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(any_records.records())
def test_written_record_is_read_back(record):
    (found,) = entries(written(record))

    assert found == record
    assert read_one(found.raw, found.format) == record


# -- Real exports ------------------------------------------------------------------------------


def test_answer_keys_hold(shared):
    total, failures = 0, []
    for key_file in sorted(shared.glob("payloads/csv/*/expected.json")):
        for name, key in json.loads(key_file.read_text()).items():
            found = list(read(InputFile.from_path(key_file.parent / name)))
            for fact, expected, told in _facts(key, found):
                total += 1
                failures += [] if expected == told else [(name, fact, expected, told)]

    assert not failures, f"{total - len(failures)} of {total} facts; {failures}"
    assert total == 45


def _facts(key: dict, found: list) -> list[tuple[str, object, object]]:
    """Rows, ragged rows, and of the first row what its plain columns say."""
    first = next(entry for entry in found if isinstance(entry, Record))
    cells = dict(zip((name.lower() for name in key["header"]), key["first_row"], strict=True))
    facts = [
        ("n_rows", key["n_rows"], len(found)),
        (
            "ragged_rows",
            key["ragged_rows"],
            sum("cells" in getattr(e, "reason", "") for e in found),
        ),
    ]
    told = {
        "title": first.title,
        "doi": first.doi,
        "pmid": first.pmid,
        "pmcid": first.pmcid,
        "volume": first.volume,
        "publisher": first.journal and first.journal.publisher,
        "issn": first.journal and first.journal.issn_print,
        "start_page": first.pages,
    }
    facts += [
        (name, cells[name], told[name])
        for name in told
        if cells.get(name) and (name, cells[name]) != ("doi", "10.1")  # no DOI: a key of test data
    ]
    return facts


def test_every_row_of_a_real_export_is_read_back_from_its_raw(shared):
    for path in sorted(shared.glob("payloads/csv/*/*.csv")):
        records = [entry for entry in read(InputFile.from_path(path)) if isinstance(entry, Record)]

        assert records
        assert all(read_one(record.raw, record.format) == record for record in records)
