"""Excel workbooks: read like CSV, written as text that no spreadsheet runs."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings

from papers.formats import InputFile, Unreadable, detect, read, read_one, write
from papers.formats.xlsx import CELL_LIMIT, header_of
from papers.records import AbstractSection, AuthorName, PartialDate, Record, Rejected, Source
from tests.papers.formats import any_records


def workbook(*rows: tuple[object, ...], before: tuple[object, ...] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    if before:
        sheet.append(before)
        sheet = book.create_sheet("Second")
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def entries(content: bytes) -> list:
    return list(read(InputFile.from_bytes(content), "xlsx"))


def written(*records: Record) -> bytes:
    return b"".join(write("xlsx", records))


def test_cells_of_every_type_are_read_as_text():
    content = workbook(
        ("Title", "Year", "PMID", "Publication date", "DOI"),
        ("A", 2021.0, 7, dt.datetime(2021, 7, 1), None),
        (None, None, None, None, None),
        ("B", "2020", None, None, "10.1000/x"),
    )

    first, second = entries(content)

    assert detect(InputFile.from_bytes(content)).name == "xlsx"
    assert (first.title, first.pmid, first.published) == ("A", "7", PartialDate(2021, 7, 1))
    assert (first.line, second.line) == (2, 4)
    assert second.doi == "10.1000/x"
    assert first.remarks == second.remarks == ()


def test_first_sheet_with_a_header_is_read_and_its_preamble_passed_over():
    content = workbook(("Search of today",), ("Title", "Year"), ("A", 2021), before=("Read me",))

    (record,) = entries(content)

    assert (record.title, record.line) == ("A", 3)
    assert header_of(InputFile.from_bytes(content)) == ["Title", "Year"]


def test_row_is_kept_as_csv_that_reads_the_same():
    (record,) = entries(workbook(("Title", "Abstract"), ("A", 'One\r\n"two", three')))

    assert (record.format, record.raw) == ("csv", b'Title,Abstract\nA,"One\n""two"", three"\n')
    assert read_one(record.raw, record.format) == record


def test_row_with_more_cells_than_the_header_is_rejected_alone():
    bad, good = entries(workbook(("Title", "Year"), ("A", 2020, "x"), ("B", 2021)))

    assert isinstance(bad, Rejected)
    assert bad.line == 2
    assert good.title == "B"


def test_workbook_without_known_columns_is_unreadable():
    with pytest.raises(Unreadable, match="The first row has 'foo', 'bar'"):
        entries(workbook(("foo", "bar"), (1, 2)))


def test_damaged_workbook_is_unreadable():
    with pytest.raises(Unreadable, match="The workbook is damaged"):
        entries(workbook(("Title",), ("A",))[:-200])


def test_zip_bomb_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (64 << 20))

    with pytest.raises(Unreadable, match="The workbook unpacks to 64 MB"):
        entries(out.getvalue())


def test_written_workbook_is_text_under_a_frozen_header():
    record = Record(source=Source.FILE, title="=1+1", pmid="7", published=PartialDate(2021))

    book = openpyxl.load_workbook(io.BytesIO(written(record)))

    assert book.sheetnames == ["Papers"]
    sheet = book["Papers"]
    assert sheet.freeze_panes == "B2"
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    row = {head.value: cell.value for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert {name: value for name, value in row.items() if value} == {
        "title": "'=1+1", "pmid": "7", "year": "2021", "publication_date": "2021",
    }  # fmt: skip


def test_text_longer_than_a_cell_is_read_back_whole():
    authors = tuple(AuthorName(f"Family{n}, A", f"Family{n}", "A", "A") for n in range(3000))
    record = Record(
        source=Source.FILE,
        title="𝔘" * 40_000,
        authors=authors,
        abstract_sections=(AbstractSection(None, "=1 " + "x" * 50_000),),
    )

    content = written(record)

    book = openpyxl.load_workbook(io.BytesIO(content))
    lengths = [
        len(str(cell.value).encode("utf-16-le")) // 2
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
    ]
    assert max(lengths) <= CELL_LIMIT
    assert book.sheetnames == ["Papers", "Long texts"]
    assert entries(content) == [record]


def test_characters_that_xml_has_not_are_removed():
    record = Record(source=Source.FILE, title="a\x02b\ufffec")

    (found,) = entries(written(record))

    assert found.title == "abc"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(any_records.records())
def test_written_record_is_read_back(record):
    (found,) = entries(written(record))

    assert found == record
    assert read_one(found.raw, found.format) == record
