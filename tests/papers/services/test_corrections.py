"""A curator's corrections win, lock, wait for news and can be taken back."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from papers.models import Paper
from papers.services.corrections import correct_paper, release_correction

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


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("doi", "ten", "This is no DOI. One looks like 10.1002/pbc.28904"),
        ("pmid", "0", "A PMID has 1 to 9 digits."),
        ("publication_date", "20225", "Write the date as 2021, 2021-07 or 2021-07-01."),
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
