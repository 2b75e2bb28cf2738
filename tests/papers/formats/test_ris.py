"""Reading RIS: the dialects of the databases, and what is wrong with a file."""

from __future__ import annotations

import gzip
import io
import json
import zipfile

import pytest

from papers.formats import InputFile, Unreadable, detect, read, read_one
from papers.formats.ris_reading import abbreviates
from papers.formats.text import normalise_pages
from papers.records import PartialDate, Record, Rejected, Source


def entries(content: str | bytes) -> list:
    raw = content.encode() if isinstance(content, str) else content
    return list(read(InputFile.from_bytes(raw), "ris"))


def one(*lines: str) -> Record:
    (entry,) = entries("\n".join(("TY  - JOUR", "TI  - A title", *lines, "ER  - ")))
    assert isinstance(entry, Record), entry
    return entry


# -- Lines ---------------------------------------------------------------------------------------

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


# -- Identifiers ---------------------------------------------------------------------------------

DOIS = {
    "DO": ("DO  - 10.1000/x",),
    "a link": ("DO  - https://doi.org/10.1000/X",),
    "capitals and a full stop": ("DO  - DOI: 10.1000/X.",),
    "M3 of PsycINFO": ("M3  - doi:10.1000/x",),
    "N1": ("N1  - doi: 10.1000/x",),
    "the resolver's link": ("UR  - http://dx.doi.org/10.1000/x",),
    "LB": ("LB  - 10.1000/x",),
    "a C field": ("C4  - 10.1000/x",),
    "with the PII beside it": ("DO  - S1470 [pii]\n10.1000/x [doi]",),
}


@pytest.mark.parametrize("lines", DOIS.values(), ids=DOIS)
def test_doi_is_found_where_databases_put_it(lines):
    assert one(*lines).doi == "10.1000/x"


def test_doi_of_another_paper_in_a_note_is_not_the_papers():
    assert one("N1  - Comment in: Lancet 2020. doi: 10.1000/other").doi is None


PMIDS = {
    "EndNote from PubMed": ("AN  - 31562043", "DP  - NLM"),
    "no database named": ("AN  - 31562043",),
    "date for a provider": ("AN  - 31562043", "DP  - 2019 Nov"),
    "Ovid MEDLINE": ("ID  - 31562043", "DB  - Ovid MEDLINE(R) <1946 to present>"),
    "Embase.com": ("U2  - L373791783", "C5  - 31562043", "DB  - Embase", "DB  - Medline"),
    "Embase with PMID": ("AN  - PMID:31562043", "DB  - Embase"),
    "Scopus": ("C2  - 31562043", "DB  - Scopus"),
    "Web of Science": ("AN  - WOS:000220133300004", "PM  - 31562043"),
    "Cochrane": ("AN  - CN-02145678", "C3  - PUBMED 31562043,EMBASE 2003"),
    "PubMed Central": ("U1  - 31562043[pmid]", "U2  - PMC8178207[pmcid]"),
    "PsycINFO": ("PMID  - 31562043", "ID  - 2020-55555-005"),
    "Mendeley": ("ID  - Smith2019", "U2  - PMID: 31562043"),
    "Zotero": ("N1  - PMID: 31562043", "L1  - files/1/a.pdf"),
    "a PubMed link": ("UR  - https://pubmed.ncbi.nlm.nih.gov/31562043/",),
}


@pytest.mark.parametrize("lines", PMIDS.values(), ids=PMIDS)
def test_pmid_is_found_where_databases_put_it(lines):
    assert one(*lines).pmid == "31562043"


NO_PMIDS = {
    "Embase's number": ("AN  - 2003273891", "DB  - Embase"),
    "Embase's number beside Medline": ("AN  - 31562043", "DB  - Embase", "DB  - Medline"),
    "Covidence's own number": ("ID  - 31562", "U1  - 45[Covidence]"),
    "Rayyan's own number": ("ID  - rayyan-31562043",),
    "ProQuest's number": ("ID  - 26123456", "DB  - ABI/INFORM", "DP  - ProQuest"),
    "another paper's": ("N1  - Comment on: PMID: 31562043 by others",),
}


@pytest.mark.parametrize("lines", NO_PMIDS.values(), ids=NO_PMIDS)
def test_numbers_of_others_are_no_pmid(lines):
    assert one(*lines).pmid is None


OTHER_IDS = {
    "wos": (("AN  - WOS:000220133300004",), "WOS:000220133300004"),
    "embase": (("U2  - L373791783",), "L373791783"),
    "cochrane": (("AN  - CN-02145678",), "CN-02145678"),
    "scopus": (
        ("UR  - https://www.scopus.com/inward/record.uri?eid=2-s2.0-84&doi=10.1",),
        "2-s2.0-84",
    ),
    "psycinfo": (("AN  - 2020-55555-005", "DB  - PsycINFO"), "2020-55555-005"),
    "accession": (("AN  - ccm-2021-9", "DB  - CINAHL"), "ccm-2021-9"),
}


@pytest.mark.parametrize(("kind", "case"), OTHER_IDS.items())
def test_numbers_of_other_databases_are_kept(kind, case):
    lines, value = case

    assert one(*lines).other_ids == ((kind, value),)


def test_pmcid_is_found_in_fields_that_people_use_for_it():
    assert one("C2  - PMC8178207").pmcid == "PMC8178207"
    assert one("N1  - PMC8178207[pmcid]").pmcid == "PMC8178207"
    assert one("UR  - https://www.ncbi.nlm.nih.gov/pmc/articles/PMC8178207/").pmcid == "PMC8178207"


def test_invalid_values_are_left_out_and_said():
    record = one("DO  - 11.1016/x", "PMID  - 0", "PY  - 20225", "EP  - 9")

    assert (record.doi, record.pmid, record.published, record.pages) == (None, None, None, None)
    assert set(record.remarks) == {
        "DOI '11.1016/x' is not valid and was left out.",
        "PMID '0' is not valid and was left out.",
        "Year '20225' is not a year from 1600 to 2100.",
        "Last page '9' has no first page and was left out.",
    }


# -- People --------------------------------------------------------------------------------------

NAMES = {
    "Marx, Karl": ("Marx", "Karl", None, False),
    "Shannon,Claude E.": ("Shannon", "Claude E.", None, False),
    "Smith, John, Jr.": ("Smith", "John", "Jr.", False),
    "Liu R.": ("Liu", "R.", None, False),
    "Di Carlo, Daniela": ("Di Carlo", "Daniela", None, False),
    "Children's Oncology Group,": (None, None, None, True),
    "European Soft Tissue Sarcoma Group, EpSSG": (None, None, None, True),
}


@pytest.mark.parametrize(("written", "parts"), NAMES.items())
def test_name_is_taken_apart(written, parts):
    (author,) = one(f"AU  - {written}").authors

    assert (author.family, author.given, author.suffix, author.is_collective) == parts


def test_authors_are_read_from_one_line_or_many_tags():
    assert [a.name for a in one("AU  - Smith, J; Doe, A", "AU  - Poli, E").authors] == [
        "Smith, J",
        "Doe, A",
        "Poli, E",
    ]
    assert [a.name for a in one("A1  - Smith, J", "AU  - Smith, J", "AU  - Doe, A").authors] == [
        "Smith, J",
        "Doe, A",
    ]


def test_two_authors_of_the_same_name_are_two():
    assert len(one("AU  - Wang, Y", "AU  - Wang, Y").authors) == 2


def test_embase_addresses_go_to_the_authors_that_they_name():
    first, second, third = one(
        "A1  - Liu R.", "A1  - Adler D.G.", "A1  - Poli E.",
        "M1  - (Liu R.; Adler D.G., adler@example.org) Utah", "M1  - (Liu R.) Rome",
    ).authors  # fmt: skip

    assert (first.affiliations, second.affiliations, third.affiliations) == (
        ("Utah", "Rome"),
        ("Utah",),
        (),
    )


def test_address_goes_to_the_author_before_its_colon():
    first, second = one(
        "AU  - Smith, J", "AU  - Doe, A", "AD  - Doe, A: Rome", "AD  - Paris"
    ).authors

    assert (first.affiliations, second.affiliations) == ((), ("Rome",))


# -- Journal, book, pages, dates -----------------------------------------------------------------

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


# -- The rest ------------------------------------------------------------------------------------

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


# -- What is wrong with a file -------------------------------------------------------------------


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


# -- Real exports --------------------------------------------------------------------------------

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
