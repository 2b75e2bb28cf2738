"""A curator's corrections win, lock, wait for news and can be taken back."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from papers.models import Correction, Paper
from papers.services.correcting import correct_paper, dismiss_proposal, release_correction
from papers.services.corrections import NO_DATE

pytestmark = pytest.mark.django_db

ITEM = {"title": "Maintainance in RMS", "PMID": "101", "DOI": "10.1000/one"}


@pytest.fixture
def paper(acquire):
    acquire(ITEM)
    return Paper.objects.get()


def test_correct_paper_changes_the_field_and_says_who(paper, editor):
    assert correct_paper(
        paper=paper, changes={"title": "Maintenance in RMS"}, note="typo", by=editor
    )

    paper.refresh_from_db()
    change = paper.changes.first()
    assert paper.title == "Maintenance in RMS"
    assert paper.provenance["title"]["by"] == "editor"
    assert (change.kind, change.by, change.note) == ("corrected", editor, "typo")
    assert change.detail == {"fields": {"title": ["Maintainance in RMS", "Maintenance in RMS"]}}


def test_correct_paper_holds_against_a_later_source_which_waits(paper, editor, acquire):
    correct_paper(paper=paper, changes={"title": "Maintenance in RMS"}, by=editor)

    acquire({**ITEM, "title": "Maintenance therapy in RMS"})

    paper.refresh_from_db()
    assert paper.title == "Maintenance in RMS"
    assert paper.corrections.get().proposed == "Maintenance therapy in RMS"


def test_release_correction_lets_the_sources_speak_again(paper, editor):
    correct_paper(paper=paper, changes={"title": "Maintenance in RMS"}, by=editor)

    assert release_correction(paper=paper, field="title", by=editor)

    paper.refresh_from_db()
    assert paper.title == "Maintainance in RMS"
    assert paper.corrections.count() == 0
    assert not release_correction(paper=paper, field="title", by=editor)


def test_correct_paper_can_say_that_there_is_no_value(paper, editor):
    correct_paper(paper=paper, changes={"doi": ""}, by=editor)

    paper.refresh_from_db()
    assert paper.doi is None


def test_correct_paper_keeps_an_author_whose_name_stays(acquire, editor):
    acquire(
        {
            "title": "t",
            "author": [{"family": "Poli", "given": "Elena"}, {"family": "X", "given": "Y"}],
        }
    )
    paper = Paper.objects.get()
    kept = paper.authorships.get(name="Poli, Elena").author_id

    correct_paper(paper=paper, changes={"authors": "Bisogno, Gianni\nPoli, Elena"}, by=editor)

    assert list(paper.authorships.values_list("name", "author_id"))[1] == ("Poli, Elena", kept)


BYLINE = """<PubmedArticleSet><PubmedArticle><MedlineCitation Status="MEDLINE"><PMID>7</PMID>
<Article PubModel="Print"><Journal><Title>Cancer</Title></Journal><ArticleTitle>T</ArticleTitle>
<AuthorList CompleteYN="Y">
<Author><LastName>Rosi</LastName><ForeName>Anna</ForeName><Initials>A</Initials><Suffix>Jr</Suffix>
<Identifier Source="ORCID">0000-0002-1825-0097</Identifier>
<AffiliationInfo><Affiliation>Padua.</Affiliation></AffiliationInfo></Author>
<Author><LastName>Poli</LastName><ForeName>Elena</ForeName>
<AffiliationInfo><Affiliation>Milan.</Affiliation></AffiliationInfo></Author>
<Author><CollectiveName>European Soft Tissue Sarcoma Study Group, EpSSG</CollectiveName></Author>
</AuthorList></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"""
GROUP = "European Soft Tissue Sarcoma Study Group, EpSSG"


@pytest.fixture
def signed(import_bytes):
    import_bytes(BYLINE.encode(), forced_format="pubmed_xml")
    return Paper.objects.get(pmid="7")


def byline(paper):
    columns = ("name", "suffix", "is_collective", "affiliations", "author__orcid")
    return list(paper.authorships.order_by("position").values_list(*columns))


def test_a_corrected_name_keeps_what_the_sources_know_of_the_person(signed, editor):
    person = signed.authorships.get(name="Rosi, Anna").author_id
    typed = f"Rossi, Anna\nPoli, Elena\n{GROUP}"

    correct_paper(paper=signed, changes={"authors": typed}, by=editor)

    assert byline(signed) == [
        ("Rossi, Anna", "Jr", False, ["Padua."], "0000-0002-1825-0097"),
        ("Poli, Elena", "", False, ["Milan."], None),
        (GROUP, "", True, [], None),
    ]
    assert signed.authorships.get(position=1).author_id == person


def test_an_added_name_takes_nothing_from_its_neighbours(signed, editor):
    typed = f"Rosi, Anna\nBisogno, Gianni\nPoli, Elena\n{GROUP}"

    correct_paper(paper=signed, changes={"authors": typed}, by=editor)

    assert byline(signed)[:3] == [
        ("Rosi, Anna", "Jr", False, ["Padua."], "0000-0002-1825-0097"),
        ("Bisogno, Gianni", "", False, [], None),
        ("Poli, Elena", "", False, ["Milan."], None),
    ]


def test_a_renamed_group_is_a_group(signed, editor):
    correct_paper(
        paper=signed, changes={"authors": "Rosi, Anna\nPoli, Elena\nEpSSG, Europe"}, by=editor
    )

    assert byline(signed)[2] == ("EpSSG, Europe", "", True, [], None)


def test_names_that_change_places_take_what_is_theirs_along(signed, editor):
    typed = f"{GROUP}\nPoli, Elena\nRosi, Anna"

    correct_paper(paper=signed, changes={"authors": typed}, by=editor)

    assert [(row[0], row[3]) for row in byline(signed)] == [
        (GROUP, []), ("Poli, Elena", ["Milan."]), ("Rosi, Anna", ["Padua."]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("doi", "ten", "This is no DOI. One looks like 10.1002/pbc.28904"),
        ("pmid", "0", "A PMID has 1 to 9 digits."),
        ("publication_date", "20225", NO_DATE),
        ("publication_date", "2020-13-45", NO_DATE),
        ("publication_date", "2021-02-30", NO_DATE),
        ("electronic_date", "some time in 2020", NO_DATE),
    ],
)
def test_correct_paper_refuses_what_is_none_of_the_kind(paper, editor, field, text, message):
    with pytest.raises(ValidationError) as refused:
        correct_paper(paper=paper, changes={field: text}, by=editor)

    assert refused.value.message_dict == {field: [message]}


def test_correct_paper_refuses_an_identifier_of_another_paper(paper, editor, acquire):
    acquire({"title": "Another", "PMID": "202"})

    with pytest.raises(ValidationError) as refused:
        correct_paper(paper=paper, changes={"pmid": "202"}, by=editor)

    other = Paper.objects.get(pmid="202")
    assert refused.value.message_dict == {
        "pmid": [f"202 stands on paper {other.pk} already: Another."]
    }


def test_correct_paper_to_a_journal_that_no_source_names_holds(acquire, paper, editor):
    correct_paper(paper=paper, changes={"journal": "Sarcoma Letters"}, by=editor)

    acquire({**ITEM, "container-title": "Sarcoma", "volume": "3"})
    correct_paper(paper=paper, changes={"issue": "4"}, by=editor)

    paper.refresh_from_db()
    assert paper.journal.title == "Sarcoma Letters"
    assert (paper.volume, paper.issue) == ("3", "4")
    assert paper.corrections.get(field="journal").proposed == "Sarcoma"


def test_a_date_that_was_typed_when_more_was_taken_still_holds(paper, editor):
    correct_paper(paper=paper, changes={"publication_date": "2020"}, by=editor)
    Correction.objects.update(value="Spring 2020")

    correct_paper(paper=paper, changes={"issue": "4"}, by=editor)

    paper.refresh_from_db()
    assert (paper.year, paper.issue) == (2020, "4")


def test_who_keeps_a_correction_against_a_source_is_on_record(paper, editor, acquire):
    correct_paper(paper=paper, changes={"title": "Maintenance in RMS"}, by=editor)
    acquire({**ITEM, "title": "Maintenance therapy in RMS"})

    assert dismiss_proposal(paper=paper, field="title", by=editor)

    change = paper.changes.first()
    assert (change.kind, change.by) == ("kept", editor)
    assert change.detail["fields"] == {
        "title": ["Maintenance therapy in RMS", "Maintenance in RMS"]
    }
    assert not dismiss_proposal(paper=paper, field="title", by=editor)
