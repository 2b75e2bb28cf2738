"""What the fields of RIS say in the dialects of databases and reference managers."""

from __future__ import annotations

import pytest

from papers.formats import InputFile, read
from papers.formats.ris_reading import abbreviates
from papers.records import PartialDate, Record


def entries(content: str) -> list:
    return list(read(InputFile.from_bytes(content.encode()), "ris"))


def one(*lines: str) -> Record:
    (entry,) = entries("\n".join(("TY  - JOUR", "TI  - A title", *lines, "ER  - ")))
    assert isinstance(entry, Record), entry
    return entry


# -- Journal, book, pages, dates ------------------------------------------------------------------

JOURNALS = {
    "JF and JO": (("JF  - Clinics in Perinatology", "JO  - Clin. Perinatol."),
                  ("Clinics in Perinatology", "Clin. Perinatol.")),
    "T2 and J2 of Scopus": (("T2  - Journal of Applied Physics", "J2  - J Appl Phys"),
                            ("Journal of Applied Physics", "J Appl Phys")),
    "T2 and JI of Web of Science": (("T2  - PLANT ECOLOGY", "JI  - Plant Ecol.", "J9  - PLANT ECOL"),
                                    ("PLANT ECOLOGY", "Plant Ecol.")),
    "JF shorter than T2": (("T2  - Critical Care Medicine", "JF  - Crit Care Med"),
                           ("Critical Care Medicine", "Crit Care Med")),
    "JO beside a part of it": (("JO  - Acta Materialia", "T2  - Special Issue on Alloys"),
                               ("Acta Materialia", None)),
    "the same twice": (("JF  - Cancer", "JO  - Cancer"), ("Cancer", None)),
    "JA alone": (("JA  - lorem",), ("lorem", None)),
    "initials": (("JF  - British Medical Journal", "JA  - BMJ"), ("British Medical Journal", "BMJ")),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "names"), JOURNALS.values(), ids=JOURNALS)
def test_journal_and_its_abbreviation_are_told_apart(lines, names):
    journal = one(*lines).journal

    assert (journal.title, journal.iso_abbreviation) == names


@pytest.mark.parametrize(
    ("short", "title", "expected"),
    [
        ("Proc Natl Acad Sci U S A",
         "Proceedings of the National Academy of Sciences of the United States of America", True),
        ("J Clin Oncol", "Journal of clinical oncology : official journal of the Society", True),
        ("Cancer", "Cancer Discovery", False),
        ("Cancer", "Cancer", False),
        ("Lancet", "Blood Journal", False),
    ],
)  # fmt: skip
def test_abbreviation_matches_its_title_word_by_word(short, title, expected):
    assert abbreviates(short, title) is expected


ISSNS = {
    ("1999-7777(Electronic),0222-6666(Print)",): ("0222-6666", "1999-7777"),
    ("1557-9840", "0095-5108"): ("1557-9840", "0095-5108"),
    ("15579840 (ISSN)",): ("1557-9840", None),
    ("2226-7190", "2226-7190"): ("2226-7190", None),
}


@pytest.mark.parametrize(("written", "issns"), ISSNS.items())
def test_issns_are_told_apart(written, issns):
    journal = one(*(f"SN  - {text}" for text in written)).journal

    assert (journal.issn_print, journal.issn_electronic) == issns


PAGES = {
    ("SP  - 152", "EP  - 160"): "152-160",
    ("SP  - 349-69",): "349-369",
    ("SP  - 349-69", "EP  - 69"): "349-369",
    ("SP  - e0815",): "e0815",
    ("C7  - 093903",): "093903",
    ("C7  - NCT01234567",): None,
}


@pytest.mark.parametrize(("lines", "pages"), PAGES.items())
def test_pages_are_whole(lines, pages):
    assert one(*lines).pages == pages


DATES = {
    ("PY  - 1948/07//",): PartialDate(1948, 7),
    ("Y1  - 2014//",): PartialDate(2014),
    ("PY  - 2001/09/01/",): PartialDate(2001, 9, 1),
    ("PY  - 2011", "DA  - Jun"): PartialDate(2011, 6),
    ("PY  - 2022", "DA  - MAR 1"): PartialDate(2022, 3, 1),
    ("PY  - 2022", "DA  - Spring"): PartialDate(2022, text="Spring"),
    ("PY  - 2022", "DA  - 2021/12/31"): PartialDate(2022),
    ("PY  - 2022", "Y1  - 2022/05/06/"): PartialDate(2022, 5, 6),
    ("PY  - 20225", "DA  - 2022/05/06"): PartialDate(2022, 5, 6),
    ("DA  - 2019",): PartialDate(2019),
    ("Y2  - 2026/09/12",): None,
}


@pytest.mark.parametrize(("lines", "date"), DATES.items())
def test_date_is_as_precise_as_the_fields_say_together(lines, date):
    assert one(*lines).published == date


def test_early_access_of_web_of_science_is_the_electronic_date():
    assert one("AN  - WOS:000220133300004", "C6  - FEB 2020").electronic == PartialDate(2020, 2)
    assert one("C6  - FEB 2020").electronic is None


def test_chapter_stands_in_its_book():
    (record,) = entries(
        "TY  - CHAP\nTI  - Sarcoma\nT2  - Textbook\nA2  - Adam, Ann\nPB  - Elsevier\nCY  - New York\n"
        "SN  - 978-1-86016-359-3\nER  - "
    )

    book = record.book
    assert (record.publication_types, record.journal) == (("Book Chapter",), None)
    assert (book.title, book.publisher, book.place) == ("Textbook", "Elsevier", "New York")
    assert book.isbns == ("978-1-86016-359-3",)
    assert [editor.name for editor in book.editors] == ["Adam, Ann"]


# -- The rest -------------------------------------------------------------------------------------

TYPES = {
    ("TY  - JOUR", "M3  - Article"): ("Journal Article",),
    ("TY  - JOUR", "M3  - Review"): ("Journal Article", "Review"),
    ("TY  - EJOUR",): ("Journal Article",),
    ("TY  - CPAPER",): ("Conference Paper",),
    ("TY  - THES",): ("Thesis",),
    ("TY  - GEN",): (),
    ("TY  - JOUR", "M3  - Journal Article; Clinical Trial"): ("Journal Article", "Clinical Trial"),
    ("TY  - JOUR", "DP  - NLM", "N1  - 1179-1926", "Werz, Oliver", "Review"): (
        "Journal Article",
        "Review",
    ),
}


@pytest.mark.parametrize(("lines", "types"), TYPES.items())
def test_type_is_the_codes_and_the_works(lines, types):
    (record,) = entries("\n".join((*lines, "TI  - A title", "ER  - ")))

    assert record.publication_types == types


def test_unknown_type_is_left_out_and_said():
    (record,) = entries("TY  - PODCAST\nTI  - A title\nER  - ")

    assert record.publication_types == ()
    assert record.remarks == ("Type 'PODCAST' is not a type of RIS and was left out.",)


KEYWORDS = {
    ("KW  - a", "KW  - *b"): ("a", "b"),
    ("KW  - a", "b", "c, d"): ("a", "b", "c, d"),
    ("KW  - a; b; a",): ("a", "b"),
    ("KW  - sarcoma, child, therapy (drug, surgery)",): (
        "sarcoma",
        "child",
        "therapy (drug, surgery)",
    ),
    ("KW  - Disease Models, Animal",): ("Disease Models, Animal",),
}


@pytest.mark.parametrize(("lines", "keywords"), KEYWORDS.items())
def test_keywords_are_parted(lines, keywords):
    assert one(*lines).keywords == keywords


def test_abstract_parts_at_its_labels_and_keeps_no_script():
    record = one("N2  - BACKGROUND: 10<sup>6</sup> cells<script>alert(1)</script>. RESULTS: None.")

    assert [(part.label, part.text, part.html) for part in record.abstract_sections] == [
        ("BACKGROUND", "106 cells .", "10<sup>6</sup> cells ."),
        ("RESULTS", "None.", None),
    ]


def test_languages_url_and_trials_are_read():
    record = one(
        "LA  - English; French", "UR  - //example.org/a", "UR  - https://example.org/b",
        "N1  - Registered as NCT01222715",
    )  # fmt: skip

    assert (record.languages, record.url) == (("eng", "fre"), "https://example.org/a")
    assert (record.trial_registrations, record.note) == (
        ("NCT01222715",),
        "Registered as NCT01222715",
    )


def test_notes_of_endnotes_pubmed_filter_repeat_the_record_and_go():
    filtered = ("DP  - NLM", "N1  - 1179-1926", "Werz, Oliver", "Journal Article", "Germany")

    assert one(*filtered).note is None
    assert one("DP  - NLM", "N1  - Read this first").note == "Read this first"


def test_abstract_may_have_a_field_for_each_paragraph():
    assert one("AB  - First.", "AB  - Second.", "N2  - My notes").abstract == "First. Second."


def test_record_of_very_many_lines_is_read_in_time():
    record = one("AB  - Text", *(["word"] * 200_000))

    assert len(record.abstract) == 5 * 200_000 + 4


def test_bookkeeping_of_databases_is_no_note():
    record = one(
        "N1  - Export Date: 12 March 2024; Cited By: 3", "N1  - References: A, (1986) B", "C, (1990) D",
        "N1  - PMID: 31562043", "N1  - Mine",
    )  # fmt: skip

    assert (record.note, record.pmid) == ("Mine", "31562043")
