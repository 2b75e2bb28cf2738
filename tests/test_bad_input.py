"""Bad input, through ``manage.py import_file`` into the library: each with a clear message, and the
good records beside it are all there afterwards.
"""

from __future__ import annotations

import gzip
import io
import json
import socket
import zipfile
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from papers.models import Import, Paper, SourceRecord

pytestmark = pytest.mark.django_db

GOOD = b"Title,PMID\nA good neighbour,12345\n"


@dataclass(frozen=True)
class Outcome:
    """What ``import_file --json`` told of a file, and its words to the person."""

    told: dict
    words: str
    code: int

    @property
    def reasons(self) -> list[str]:
        return [piece["reason"] for piece in self.told["rejected"]]


@pytest.fixture
def bring(tmp_path):
    """Import a file, and a good one after it, in one command. The good one must come in."""

    def import_(content: bytes | Path, name: str = "file") -> Outcome:
        path = content if isinstance(content, Path) else tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        good = tmp_path / "good.csv"
        good.write_bytes(GOOD)
        out, err, code = StringIO(), StringIO(), 0
        try:
            call_command("import_file", str(path), str(good), "--json", stdout=out, stderr=err)
        except CommandError as error:
            code = error.returncode
        bad, neighbour = map(json.loads, out.getvalue().splitlines())
        assert neighbour["created"] == 1
        return Outcome(bad, err.getvalue(), code)

    return import_


def titles() -> set[str]:
    """What is in the library beside the good neighbour."""
    return set(Paper.objects.exclude(pmid="12345").values_list("title", flat=True))


def the_paper() -> Paper:
    return Paper.objects.exclude(pmid="12345").get()


def csl(*items: dict) -> bytes:
    return json.dumps([{"type": "article-journal", **item} for item in items]).encode()


def article(pmid: int, title: str) -> str:
    return (
        f"<PubmedArticle><MedlineCitation><PMID>{pmid}</PMID><Article>"
        f"<ArticleTitle>{title}</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
    )


def pubmed(*articles: str, prolog: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    return f"{prolog}<PubmedArticleSet>{''.join(articles)}</PubmedArticleSet>"


# Files that are none


def a_zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("refs.ris", "TY  - JOUR\nTI  - Packed\nER  - \n")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty. Export it again"),
        (b" \r\n\t\n", "The file is empty. Export it again"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "This is a PDF. Export the references"),
        (a_zip(), "This is a ZIP archive. Unpack it and import the files inside."),
        (b"\x89PNG\r\n\x1a\n", "This is a picture."),
        (b"Dear all, please find attached", "No known format: the file begins with"),
        (b"42", "No known format: the file begins with '42'"),
    ],
    ids=["empty", "blank", "pdf", "zip", "picture", "letter", "number"],
)
def test_a_file_that_is_no_bibliography_is_refused_in_words(bring, content, sentence):
    outcome = bring(content, "references.ris")

    assert outcome.code == 1
    assert sentence in outcome.told["error"]
    assert sentence in outcome.words
    assert titles() == set()


def test_200_mb_of_zeros_are_refused(bring, tmp_path):
    path = tmp_path / "zeros.ris"
    with path.open("wb") as file:
        file.truncate(200 << 20)

    outcome = bring(path)

    assert outcome.told["error"] == "The file holds nothing but zero bytes. Export it again."


def test_a_gzip_bomb_is_not_unpacked(bring):
    bomb = gzip.compress(b"Title,PMID\nVincristine,7\n" + b" " * (48 << 20))

    outcome = bring(bomb, "bomb.csv.gz")

    assert len(bomb) < 1 << 20
    assert "unpacks to over 200 times its size" in outcome.told["error"]
    assert outcome.code == 1


def test_a_truncated_gzip_gives_what_came_before_the_cut(bring):
    rows = "".join(f"Paper {n} {n * 7919 % 10007},{n}\n" for n in range(1, 5001))  # hard to pack
    whole = gzip.compress(f"Title,PMID\n{rows}".encode())

    outcome = bring(whole[: len(whole) // 2], "half.csv.gz")

    assert outcome.code == 0
    assert 1000 < outcome.told["created"] < 4000
    assert "The compressed file ends too early or is damaged" in outcome.reasons[-1]
    assert Paper.objects.filter(title__startswith="Paper 1 ").exists()
    assert all(
        f"Paper {paper.pmid} " in paper.title for paper in Paper.objects.exclude(pmid="12345")
    )


# XML


def test_a_billion_laughs_are_refused(bring):
    laughs = "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10}">' for n in range(1, 10))
    prolog = f'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol0 "lol">{laughs}]>'

    outcome = bring(pubmed(article(7, "&lol9;"), prolog=prolog).encode(), "laughs.xml")

    assert "The XML declares entities of its own" in outcome.told["error"]
    assert outcome.code == 1


def test_an_external_entity_is_refused_and_its_file_not_read(bring, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("do not tell")
    prolog = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'

    outcome = bring(pubmed(article(7, "&e;"), prolog=prolog).encode(), "entity.xml")

    assert "The XML declares entities of its own" in outcome.told["error"]
    assert "do not tell" not in json.dumps(outcome.told)


def test_an_external_dtd_is_never_fetched(bring):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/pubmed.dtd"
        prolog = (
            f'<?xml version="1.0"?><!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD" "{address}">'
        )

        outcome = bring(pubmed(article(7, "Vincristine"), prolog=prolog).encode(), "dtd.xml")

        with pytest.raises(BlockingIOError):
            server.accept()
    assert (outcome.code, titles()) == (0, {"Vincristine"})


def test_an_undeclared_entity_costs_one_article(bring):
    outcome = bring(pubmed(article(7, "A &e; B"), article(8, "Whole")).encode(), "undeclared.xml")

    assert "Whole" in titles()
    assert outcome.told["created"] + len(outcome.reasons) == 2


def test_xml_in_another_encoding_than_it_says_is_read_right(bring):
    text = pubmed(article(7, "Müller’s tumour"))

    bring(text.encode("cp1252"), "wrong.xml")

    assert titles() == {"Müller’s tumour"}


def test_an_article_that_is_no_xml_costs_only_itself(bring):
    outcome = bring(
        pubmed(
            article(7, "First"), "<PubmedArticle><<</PubmedArticle>", article(8, "Last")
        ).encode()
    )

    assert titles() == {"First", "Last"}
    assert len(outcome.reasons) == 1
    assert "<<<" in outcome.told["rejected"][0]["raw"]


# RIS


def test_ris_without_er_is_read_to_the_next_record(bring):
    bring(
        b"TY  - JOUR\nTI  - First\nPY  - 2020\nTY  - JOUR\nTI  - Second\nPY  - 2021\n", "no-er.ris"
    )

    assert titles() == {"First", "Second"}


def test_ris_with_one_space_tags_is_read(bring):
    bring(b"TY - JOUR\nTI - First\nER -\nTY - JOUR\nTI - Second\nER -\n", "one-space.ris")

    assert titles() == {"First", "Second"}


def test_indented_ris_is_read(bring):
    bring(
        b"  TY  - JOUR\n  TI  - First\n  ER  - \n  TY  - JOUR\n  TI  - Second\n  ER  - \n",
        "indent.ris",
    )

    assert titles() == {"First", "Second"}


def test_ris_in_windows_1252_keeps_its_letters(bring):
    bring(
        "TY  - JOUR\nTI  - Müller’s tumour\nAU  - Müller, Jürgen\nER  - \n".encode("cp1252"),
        "ansi.ris",
    )

    assert titles() == {"Müller’s tumour"}
    assert the_paper().authorships.get().name == "Müller, Jürgen"


# BibTeX


def test_bibtex_with_an_unclosed_brace_loses_one_entry_of_five(bring):
    entries = [
        f"@article{{key{n},\n  title = {{Paper {n}}},\n  year = {{2020}}\n}}\n" for n in range(1, 6)
    ]
    entries[2] = "@article{key3,\n  title = {Paper 3,\n  year = {2020}\n}\n"

    outcome = bring("\n".join(entries).encode(), "refs.bib")

    assert titles() == {"Paper 1", "Paper 2", "Paper 4", "Paper 5"}
    (piece,) = outcome.told["rejected"]
    assert "brace" in piece["reason"]
    assert "key3" in piece["raw"]
    assert piece["line"] is not None


# CSV


def test_a_ragged_row_costs_only_itself(bring):
    outcome = bring(
        b"Title,PMID,Year\nFirst,7,2020\nToo,wide,8,2020,x\nLast,9,2020\n", "ragged.csv"
    )

    assert titles() == {"First", "Last"}
    (piece,) = outcome.told["rejected"]
    assert piece["line"] == 3
    assert piece["reason"] == (
        "Row 2 has 5 cells, but the header has 3. Put quotes around cells that hold the separator."
    )


def test_csv_with_semicolons_is_read(bring):
    bring(b"Title;PMID;Year\nFirst, with a comma;7;2020\nSecond;8;2021\n", "semicolons.csv")

    assert titles() == {"First, with a comma", "Second"}


def test_csv_with_a_nul_byte_is_read_without_it(bring):
    outcome = bring(b"Title,PMID\nFi\x00rst,7\nSecond,8\n", "nul.csv")

    assert titles() == {"First", "Second"}
    assert outcome.reasons == []
    assert Paper.objects.get(pmid="7").remarks == ["NUL bytes were removed."]


# Values


@pytest.mark.parametrize(
    "written",
    [
        "https://doi.org/10.1002/pbc.28904",
        "10.1002/PBC.28904",
        "10.1002/pbc.28904.",
        "doi:10.1002/pbc.28904",
    ],
)
def test_a_doi_is_one_however_it_is_written(bring, written):
    bring(csl({"title": "First", "DOI": "10.1002/pbc.28904"}, {"title": "First", "DOI": written}))

    assert the_paper().doi == "10.1002/pbc.28904"


def test_pmid_0_is_left_out_and_said(bring):
    outcome = bring(csl({"title": "First", "PMID": "0"}, {"title": "Second", "PMID": "0"}))

    assert titles() == {"First", "Second"}
    assert outcome.told["created"] == 2
    paper = Paper.objects.get(title="First")
    assert paper.pmid is None
    assert "PMID" in paper.remarks[0]


def test_a_year_20225_is_left_out_and_said(bring):
    bring(b"Title,PMID,Year\nFirst,7,20225\n", "year.csv")

    paper = the_paper()
    assert paper.year is None
    assert "20225" in paper.remarks[0]


def test_an_abstract_keeps_its_exponents_and_loses_its_scripts(bring):
    bring(
        csl({"title": "First", "abstract": "Dose 10<sup>6</sup> <script>alert(1)</script>per kg"})
    )

    paper = the_paper()
    (section,) = paper.abstract_sections
    assert paper.abstract == "Dose 106 per kg"
    assert section["html"] == "Dose 10<sup>6</sup> per kg"


def test_a_title_of_10000_characters_is_kept_whole(bring):
    title = " ".join(["vincristine"] * 850)[:10000].strip()

    bring(csl({"title": title}, {"title": "Second"}))

    assert titles() == {title, "Second"}


def test_3000_authors_are_kept_in_order(bring):
    authors = [{"family": f"Author{n}", "given": "A"} for n in range(3000)]

    bring(csl({"title": "First", "author": authors}, {"title": "Second"}))

    paper = Paper.objects.get(title="First")
    names = list(paper.authorships.values_list("family", flat=True))
    assert names == [author["family"] for author in authors]


def test_right_to_left_and_astral_characters_are_kept(bring):
    title = "ساركومة عضلية مخططة 𝜶-dactinomycin 🧬"

    bring(csl({"title": title, "author": [{"family": "כהן", "given": "דוד"}]}))

    assert titles() == {title}
    assert the_paper().authorships.get().name == "כהן, דוד"


def test_half_a_character_costs_no_neighbour(bring):
    bring(b'[{"type": "book", "title": "Half \\ud83e of it"}, {"type": "book", "title": "Second"}]')

    assert "Second" in titles()


# Identity


def test_the_same_pmid_twice_with_different_titles_is_one_paper(bring):
    outcome = bring(
        csl({"title": "One title", "PMID": "7"}, {"title": "Another title", "PMID": "7"})
    )

    assert (outcome.told["created"], outcome.told["matched"], outcome.reasons) == (1, 1, [])
    assert the_paper().title in ("One title", "Another title")
    assert SourceRecord.objects.filter(paper=the_paper()).count() == 2


def test_two_records_that_share_a_doi_but_not_a_pmid_are_two_papers(bring):
    outcome = bring(
        csl(
            {"title": "First", "PMID": "7", "DOI": "10.1002/pbc.28904"},
            {"title": "Second", "PMID": "8", "DOI": "10.1002/pbc.28904"},
        )
    )

    assert outcome.told["created"] == 2
    first, second = Paper.objects.get(pmid="7"), Paper.objects.get(pmid="8")
    assert (first.doi, second.doi) == ("10.1002/pbc.28904", None)
    assert any("10.1002/pbc.28904" in remark for remark in second.remarks)


def test_what_one_job_rejects_stays_with_it(bring):
    bring(b"Title,PMID,Year\n,,2001\n", "none.csv")

    job = Import.objects.get(name="none.csv")
    assert (job.state, job.rejected, job.rejected_pieces.count()) == ("done", 1, 1)
