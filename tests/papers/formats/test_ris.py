"""Reading RIS: the dialects of the databases, and what is wrong with a file."""

from __future__ import annotations

import gzip
import io
import json
import zipfile

import pytest

from papers.formats import InputFile, Unreadable, detect, read, read_one
from papers.formats.text import normalise_pages
from papers.records import Record, Rejected, Source


def entries(content: str | bytes) -> list:
    raw = content.encode() if isinstance(content, str) else content
    return list(read(InputFile.from_bytes(raw), "ris"))


def one(*lines: str) -> Record:
    (entry,) = entries("\n".join(("TY  - JOUR", "TI  - A title", *lines, "ER  - ")))
    assert isinstance(entry, Record), entry
    return entry


# -- Lines ----------------------------------------------------------------------------------------

TWO = (
    "TY  - JOUR",
    "TI  - One",
    "AU  - Smith, John",
    "ER  - ",
    "",
    "TY  - BOOK",
    "TI  - Two",
    "ER  - ",
)
WAYS = {
    "as it should be": "\n".join(TWO),
    "CRLF": "\r\n".join(TWO),
    "CR": "\r".join(TWO),
    "byte order mark": "\ufeff" + "\n".join(TWO),
    "one space before the hyphen": "\n".join(TWO).replace("  - ", " - "),
    "no space before the hyphen": "\n".join(TWO).replace("  - ", "- "),
    "no space behind it": "\n".join(TWO).replace("  - ", "  -"),
    "indented": "\n".join(f"    {line}" for line in TWO),
    "without ER": "\n".join(line for line in TWO if not line.startswith("ER")),
    "numbered": "1.\n" + "\n".join(TWO).replace("TY  - BOOK", "2.\nTY  - BOOK"),
    "a header before it": "Provider: X\nContent: ris\n\n" + "\n".join(TWO),
    "two files joined": "\n".join(TWO).replace("TY  - BOOK", "\ufeffTY  - BOOK"),
    "UTF-16": "\n".join(TWO).encode("utf-16"),
}  # fmt: skip


@pytest.mark.parametrize("content", WAYS.values(), ids=WAYS)
def test_records_are_found_however_their_lines_are_written(content):
    raw = content.encode() if isinstance(content, str) else content
    file = InputFile.from_bytes(raw, "export.txt")

    first, second = read(file)

    assert detect(file).name == "ris"
    assert (first.title, first.authors[0].name) == ("One", "Smith, John")
    assert (second.title, second.publication_types) == ("Two", ("Book",))
    assert first.source == Source.FILE


def test_values_go_on_over_lines():
    record = one("AB  - First", "second line", "      third", "", "T1-weighted images", "KW  - a")

    assert record.abstract == "First second line third T1-weighted images"


def test_text_that_looks_like_a_loose_tag_stays_text():
    record = one(
        "AB  - We measured", "T1 - weighted images", "CT - guided, ER - positive", "ER - positive"
    )

    assert record.abstract == (
        "We measured T1 - weighted images CT - guided, ER - positive ER - positive"
    )


def test_a_tag_that_lost_one_space_among_good_lines_is_still_a_tag():
    record = one("AB  - Text", "AU - Smith, John")

    assert (record.abstract, record.authors[0].name) == ("Text", "Smith, John")


def test_record_knows_its_place_and_bytes():
    first, second = entries("\n1.\nTY  - JOUR\nTI  - Öne\nER  - \nTY  - JOUR\nTI  - Two\nER  - \n")

    assert (first.line, first.position, second.line, second.position) == (3, 1, 6, 2)
    assert first.raw == "TY  - JOUR\nTI  - Öne\nER  - ".encode()


def test_windows_encoding_is_read():
    (record,) = entries("TY  - JOUR\nTI  - Müller\nER  - ".encode("cp1252"))

    assert record.title == "Müller"


# -- What is wrong with a file --------------------------------------------------------------------


def test_record_that_names_no_paper_is_rejected_beside_its_neighbours():
    first, bad, last = entries(
        "TY  - JOUR\nTI  - One\nER  - \nTY  - JOUR\nPMID  - 0\nER  - \nTY  - JOUR\nTI  - Two\nER  - "
    )

    assert (first.title, last.title) == ("One", "Two")
    assert isinstance(bad, Rejected)
    assert (bad.position, bad.line) == (2, 4)
    assert bad.raw == "TY  - JOUR\nPMID  - 0\nER  - "
    assert bad.reason == (
        "The record has neither a title, nor authors, nor a valid identifier. "
        "PMID '0' is not valid and was left out."
    )


def _zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("export.ris", "TY  - JOUR\nER  - ")
    return packed.getvalue()


NO_RIS = {
    "empty": (b"", "The file is empty"),
    "blank": (b" \r\n\n", "The file is empty"),
    "PDF": (b"%PDF-1.7\n\xe2\xe3", "This is a PDF"),
    "ZIP": (_zipped(), "This is a ZIP archive"),
    "zeros": (b"\x00" * 1000, "nothing but zero bytes"),
    "a letter": (b"Dear colleague,\nhere are the papers.", "No known format"),
}


@pytest.mark.parametrize(("content", "sentence"), NO_RIS.values(), ids=NO_RIS)
def test_file_that_is_no_ris_is_refused_with_a_sentence(content, sentence):
    with pytest.raises(Unreadable, match=sentence):
        list(read(InputFile.from_bytes(content, "export.ris")))


def test_truncated_gzip_gives_what_is_whole_and_says_so():
    content = "".join(
        f"TY  - JOUR\nTI  - Title {n * 7919 % 10007}\nER  - \n\n" for n in range(5000)
    ).encode()
    packed = gzip.compress(content)

    *records, cut, last = read(InputFile.from_bytes(packed[: len(packed) // 2], "export.ris.gz"))

    assert len(records) > 1000
    assert all(entry.title.startswith("Title ") for entry in records)
    assert (type(cut), type(last)) == (Rejected, Rejected)
    assert cut.reason.startswith("The record has no end")
    assert last.reason.startswith("The compressed file ends too early")


def test_very_long_title_and_very_many_authors_are_kept():
    names = [f"AU  - Name{number}, Ann" for number in range(3000)]

    record = one("T2  - Cancer", *names)
    (long,) = entries(f"TY  - JOUR\nTI  - {'word ' * 2000}\nER  - ")

    assert len(record.authors) == 3000
    assert len(long.title) == 9999


def test_every_script_is_read():
    record = one("AU  - כהן, דוד", "T2  - 𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "KW  - 👩‍🔬")

    assert record.authors[0].family == "כהן"
    assert (record.journal.title, record.keywords) == ("𝔘𝔫𝔦𝔠𝔬𝔡𝔢", ("👩‍🔬",))


# -- Real exports ---------------------------------------------------------------------------------

KEYS = ("asreview", "colrev", "jabref", "rispy")


@pytest.mark.parametrize("folder", KEYS)
def test_real_exports_hold_every_fact_of_their_key(shared, folder):
    total, failures = 0, []
    path = shared / "payloads/ris" / folder
    for name, key in json.loads((path / "expected.json").read_text()).items():
        if "ambiguous" in key:
            continue
        file = InputFile.from_path(path / name)
        assert detect(file).name == "ris", name
        records = [entry for entry in read(file) if isinstance(entry, Record)]
        assert len(records) == key["n_records"], name
        for record, facts in zip(records, key["records"], strict=True):
            for fact, expected in facts.items():
                total += 1
                if not FACTS[fact](record, expected):
                    failures.append(f"{name} line {record.line} {fact}: expected {expected!r}")
    assert not failures, f"{total - len(failures)} of {total} facts\n" + "\n".join(failures)


def test_file_that_lost_its_first_line_keeps_its_record(shared):
    file = InputFile.from_path(shared / "payloads/ris/jabref/RisImporterCorrupted.ris")

    (record,) = read(file)

    assert record.doi == "10.1023/a:1017379030770"
    assert record.title == "Editorial: Open Source and Empirical Software Engineering"


def test_real_records_read_the_same_from_their_stored_bytes(shared):
    for path in sorted((shared / "payloads/ris").glob("*/*")):
        if path.suffix in (".ris", ".txt"):
            for record in read(InputFile.from_path(path)):
                assert read_one(record.raw, record.format) == record


def _is_type(record: Record, code: str) -> bool:
    # One key has run the type together with the line below it.
    names = {"JOUR": "Journal Article", "BOOK": "Book"}
    return record.publication_types[0] == names[code.split()[0]]


def _is_name(author, written: str) -> bool:
    return author.name.replace(", ", ",") == written.replace(", ", ",")


FACTS = {
    "type": _is_type,
    "title": lambda r, title: r.title == title,
    "first_author": lambda r, name: _is_name(r.authors[0], name),
    "last_author": lambda r, name: _is_name(r.authors[-1], name),
    "n_authors": lambda r, count: len(r.authors) == count,
    "year": lambda r, year: r.published.year == year,
    "doi": lambda r, doi: r.doi == doi,
    "journal_candidates": lambda r, names: r.journal.title in names.values(),
    "volume": lambda r, volume: r.volume == volume,
    "issue": lambda r, issue: r.issue == issue,
    "pages": lambda r, pages: r.pages == normalise_pages(*pages),
    "has_abstract": lambda r, _: bool(r.abstract_sections),
    "n_kw": lambda r, count: len(r.keywords) == count,
}
