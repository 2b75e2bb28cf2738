"""The one filter of papers."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.http import QueryDict
from django.utils import timezone

from papers.filters import PaperFilter
from papers.models import Author, Paper, Suggestion
from papers.models.tag import MODELS
from papers.search.facets import facets, year_counts
from papers.services.tagging import Statement, tag_papers
from regimens.models import Regimen, Setting, StudyDesign, TherapyClass


@pytest.fixture
def tagged(library, vocabulary):
    """Paper 1: chemotherapy confirmed and IVADo, a randomised trial; paper 2: FGFR4 CAR-T confirmed,
    targeted rejected, in first relapse and no case report; paper 3: maintenance and refractory.
    """
    person = get_user_model().objects.create_user("curator")

    def class_(slug):
        return TherapyClass.objects.get(slug=slug)

    tag_papers(
        papers=[library[1].pk],
        statements=[
            Statement(class_("chemotherapy"), "confirmed"),
            Statement(Regimen.objects.get(slug="ivado"), "confirmed"),
            Statement(StudyDesign.objects.get(slug="rct"), "confirmed"),
        ],
        by=person,
    )
    tag_papers(
        papers=[library[2].pk],
        statements=[
            Statement(class_("car_t-fgfr4"), "confirmed"),
            Statement(class_("targeted"), "rejected"),
            Statement(Setting.objects.get(slug="first_relapse"), "confirmed"),
            Statement(StudyDesign.objects.get(slug="case_report"), "rejected"),
        ],
        by=person,
    )
    tag_papers(
        papers=[library[3].pk],
        statements=[
            Statement(Setting.objects.get(slug="maintenance"), "confirmed"),
            Statement(Setting.objects.get(slug="refractory"), "confirmed"),
        ],
        by=person,
    )
    for number, field, slug, score in PROPOSED:
        target = {field: MODELS[field].objects.get(slug=slug)}
        Suggestion.objects.create(
            paper=library[number], score=score, rule="r", made_at=timezone.now(), **target
        )
    return library


PROPOSED = [
    (1, "therapy_class", "chemotherapy", 0.9),  # confirmed
    (1, "therapy_class", "chemotherapy-alkylator", 0.9),
    (1, "therapy_class", "immunotherapy", 0.49),  # weak
    (1, "setting", "maintenance", 0.5),
    (2, "therapy_class", "targeted", 0.9),  # rejected
    (2, "therapy_class", "targeted-mtor", 0.9),  # and with it what is below it
    (2, "regimen", "ivado", 0.6),
    (2, "setting", "first_relapse", 0.8),  # confirmed
    (3, "setting", "mixed", 0.7),
]
"""Number of the paper, what is proposed for it, and how strongly."""


def filtered(library, query: str) -> list[int]:
    papers = PaperFilter(QueryDict(query), queryset=Paper.objects.all())
    assert papers.is_valid(), papers.errors
    numbers = {paper.pk: number for number, paper in library.items()}
    return [numbers[pk] for pk in papers.qs.values_list("pk", flat=True)]


FILTERS = {
    "": [3, 2, 1],
    "search=maintenance&ordering=id": [1, 3],
    "therapy_class=chemotherapy": [1],
    "therapy_class=car_t": [2],
    "therapy_class=car_t&therapy_class=chemotherapy": [2, 1],
    "therapy_class=targeted": [],
    "therapy_class=targeted&tag_state=rejected": [2],
    "therapy_class=targeted&tag_state=none": [3, 1],
    "tag_state=confirmed": [2, 1],
    "tag_state=rejected": [2],
    "tag_state=none": [3],
    "tag_state=waiting": [2, 1],
    "therapy_class=chemotherapy&tag_state=waiting": [],
    "therapy_class=chemotherapy-alkylator&tag_state=waiting": [1],
    "therapy_class=targeted&tag_state=waiting": [],
    "therapy_class=targeted-mtor&tag_state=waiting": [],
    "therapy_class=immunotherapy&tag_state=waiting": [],
    "regimen=ivado&tag_state=waiting": [2],
    "setting=maintenance&setting=mixed&tag_state=waiting": [1],
    "therapy_class=chemotherapy&setting=maintenance&tag_state=waiting": [1],
    "regimen=ivado&setting=first_relapse&tag_state=waiting": [2],
    "therapy_class=chemotherapy&study_design=rct&tag_state=waiting": [],
    "search=tag:waiting": [2, 1],
    "regimen=ivado": [1],
    "regimen=ivado&tag_state=none": [3, 2],
    "setting=first_relapse": [2],
    "setting=relapsed_refractory": [3, 2],
    "setting=maintenance&setting=first_relapse": [3, 2],
    "setting=relapsed_refractory&tag_state=none": [1],
    "setting=mixed": [],
    "study_design=rct": [1],
    "study_design=case_report": [],
    "study_design=case_report&tag_state=rejected": [2],
    "study_design=case_report&tag_state=none": [3, 1],
    "setting=relapsed_refractory&therapy_class=car_t": [2],
    "drug=vincristine": [1],
    "drug=ifosfamide": [1],
    "year_min=2020": [3, 2],
    "year_max=2019": [1],
    "publication_type=Journal+Article": [2, 1],
    "status=retracted": [3],
    "is_retracted=true": [3],
    "is_retracted=false": [2, 1],
    "has_setting=true": [3, 2, 1],
    "has_study_design=true": [1],
    "has_study_design=false": [3, 2],
    "therapy_class=car_t&has_study_design=false": [2],
    "has_year=true": [3, 2, 1],
    "has_year=false": [],
    "has_abstract=true": [2, 1],
    "has_abstract=false": [3],
    "has_remarks=true": [],
    "has_remarks=false": [3, 2, 1],
    "pmid=31562043": [1],
    "doi=https://doi.org/10.1016/S1470-2045(19)30617-5": [1],
    "ordering=year": [1, 2, 3],
    "ordering=-year": [3, 2, 1],
    "ordering=title": [2, 3, 1],
    "updated_since=2999-01-01T00:00:00Z": [],
}


@pytest.mark.parametrize(("query", "expected"), FILTERS.items(), ids=FILTERS)
def test_filter_gives_exactly_these_papers_in_order(tagged, query, expected):
    assert filtered(tagged, query) == expected


def test_setting_that_is_proposed_counts_as_one_until_it_is_refused(tagged):
    assert filtered(tagged, "has_setting=false") == []
    refusal = Statement(Setting.objects.get(slug="maintenance"), "rejected")

    tag_papers(papers=[tagged[1].pk], statements=[refusal], by=get_user_model().objects.get())

    assert filtered(tagged, "has_setting=false") == [1]


def test_filter_finds_papers_without_a_year(tagged):
    Paper.objects.filter(pk=tagged[2].pk).update(year=None)

    assert filtered(tagged, "has_year=false") == [2]
    assert filtered(tagged, "has_year=true") == [3, 1]


def test_filter_by_journal_and_author(tagged):
    paper = tagged[1]
    author = Author.objects.get(name="Bisogno, Gianni")

    assert filtered(tagged, f"journal={paper.journal_id}") == [1]
    assert filtered(tagged, f"author={author.pk}") == [1]


INVALID = {
    "search=AND": ("search", "AND needs something on both sides"),
    "search=class:nothing": ("search", "There is no therapy class “nothing”"),
    "setting=nothing": ("setting", "There is no setting “nothing”."),
    "study_design=nothing": ("study_design", "There is no study design “nothing”."),
    "therapy_class=nothing": ("therapy_class", "There is no therapy class “nothing”."),
    "year_min=soon": ("year_min", "Enter a whole number."),
    "doi=soon": ("doi", "This is no DOI."),
    "pmid=0": ("pmid", "A PMID has 1 to 9 digits."),
    "tag_state=maybe": ("tag_state", "Select a valid choice."),
    "ordering=colour": ("ordering", "Select a valid choice."),
}


@pytest.mark.parametrize(("query", "error"), INVALID.items(), ids=INVALID)
def test_value_that_cannot_be_read_is_said_so_and_never_ignored(tagged, query, error):
    papers = PaperFilter(QueryDict(query), queryset=Paper.objects.all())

    assert not papers.is_valid()
    assert list(papers.errors) == [error[0]]
    assert error[1] in papers.errors[error[0]][0]


def counts(query: str) -> dict[str, dict[str, int]]:
    return {
        facet.name: {choice.value: choice.count for choice in facet.choices if choice.count}
        for facet in facets(QueryDict(query))
    }


def test_facets_count_what_a_choice_would_show(tagged):
    found = counts("")

    assert found["therapy_class"] == {"chemotherapy": 1, "car_t": 1, "car_t-fgfr4": 1}
    assert found["setting"] == {
        "maintenance": 1,
        "relapsed_refractory": 2,
        "first_relapse": 1,
        "refractory": 1,
    }
    assert found["study_design"] == {"rct": 1}
    assert found["tag_state"] == {"confirmed": 2, "rejected": 1, "waiting": 2, "none": 1}
    assert found["status"] == {"published": 2, "retracted": 1}
    assert found["publication_type"]["Journal Article"] == 2
    for facet in facets(QueryDict("")):
        for choice in facet.choices:
            assert len(filtered(tagged, choice.query)) == choice.count, choice


def test_facet_is_counted_under_the_other_filters_only(tagged):
    found = counts("therapy_class=car_t&year_min=2022")

    assert found["therapy_class"] == {"car_t": 1, "car_t-fgfr4": 1}
    assert found["status"] == {"published": 1}


STATED = [
    "tag_state=rejected",
    "study_design=case_report&tag_state=rejected",
    "setting=maintenance",
    "tag_state=waiting",
    "therapy_class=chemotherapy&tag_state=waiting",
    "study_design=rct&tag_state=waiting",
    "setting=first_relapse&tag_state=waiting",
]


@pytest.mark.parametrize("query", STATED)
def test_facet_counts_what_adding_its_first_choice_would_show(tagged, query):
    for facet in facets(QueryDict(query)):
        if facet.is_active:
            continue
        for choice in facet.choices:
            assert len(filtered(tagged, choice.query)) == choice.count, choice


def test_facet_choice_switches_itself_off_again(tagged):
    (status,) = [
        facet for facet in facets(QueryDict("status=retracted&page=3")) if facet.name == "status"
    ]

    retracted = next(choice for choice in status.choices if choice.value == "retracted")
    assert retracted.is_chosen
    assert retracted.query == ""


def test_years_are_counted_in_order(tagged):
    assert year_counts(QueryDict("year_min=2020")) == [(2019, 1), (2022, 2)]


@pytest.mark.parametrize("shape", ["for_list", "for_reading"])
def test_querysets_ask_as_often_for_three_papers_as_for_one(
    tagged, django_assert_num_queries, django_assert_max_num_queries, shape
):
    papers = getattr(Paper.objects.order_by("pk"), shape)()
    with django_assert_max_num_queries(12) as one:
        _read(papers[:1])

    with django_assert_num_queries(len(one.captured_queries)):
        _read(papers)


def _read(papers) -> list[str]:
    shown = []
    for paper in papers:
        tags = [str(tag.target) + tag.by.username for tag in paper.current_tags]
        names = [row.name for row in getattr(paper, "first_authors", paper.authorships.all())]
        shown.append(f"{paper} {paper.journal} {tags} {names}")
    return shown
