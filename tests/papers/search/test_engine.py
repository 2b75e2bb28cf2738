"""What a search finds, alike on both databases."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from papers.models import Paper
from papers.search.engine import find
from papers.search.grammar import SearchSyntaxError
from papers.search.index import count_documents, index_papers
from papers.services.tagging import Statement, tag_papers
from regimens.models import Setting, StudyDesign, TherapyClass


def numbers(library, search: str) -> set[int]:
    found = set(find(Paper.objects.all(), search).values_list("pk", flat=True))
    return {number for number, paper in library.items() if paper.pk in found}


SEARCHES = {
    "": {1, 2, 3},
    "maintenance": {1, 3},
    "maintenance risk": {1, 3},
    '"high risk"': {1},
    "high-risk": {1},
    "maint*": {1, 3},
    "maintenanc": set(),
    "rhabdomyosarcoma": {1, 2},
    "title:rhabdomyosarcoma": {1},
    "keyword:rhabdomyosarcoma": {2},
    'keyword:"drug therapy"': {2},
    "tiab:survival": {1},
    "abstract:survival": {1},
    "title:survival": set(),
    "CAR-T": {2},
    "mullers": {2},
    "müller's": {2},
    "tgf-beta1": {2},
    'author:"Bisogno G"': {1},
    'author:"Bisogno"': {1, 3},
    'author:"Gianni De Salvo"': set(),
    "author:gianni": {1, 3},
    "journal:lancet": {1},
    'journal:"Lancet Oncol"': {1},
    "lancet": {1},
    "year:2022": {2, 3},
    "year:2015-2020": {1},
    "year:2020-": {2, 3},
    "vincristine OR FGFR4": {1, 2},
    "maintenance -bridges": {1},
    "NOT maintenance": {2},
    "(maintenance OR FGFR4) year:2022": {2, 3},
    "vincristine OR year:2022": {1, 2, 3},
    "-(maintenance OR FGFR4)": set(),
    "pmid:31562043": {1},
    "10.1016/S1470-2045(19)30617-5": {1},
    "PMC8178207": {2},
    "31562043": {1},
    "000123": {3},
    'type:"randomized controlled trial"': {1},
    "type:review OR title:maintenance": {1, 3},
    '-type:review OR type:"journal article"': {1, 2, 3},
    "status:retracted": {3},
    "tag:none": {1, 2, 3},
    "tag:confirmed": set(),
    "maintenance[ti] AND 2019[dp]": {1},
}


@pytest.mark.parametrize(("search", "expected"), SEARCHES.items(), ids=SEARCHES)
def test_find_gives_exactly_the_papers_that_match(library, search, expected):
    assert find(Paper.objects.all(), search).count() == len(expected), "each once"
    assert numbers(library, search) == expected


def test_phrase_does_not_run_from_one_field_or_name_into_the_next(library):
    assert numbers(library, '"rhabdomyosarcoma maintenance"') == set()
    assert numbers(library, '"immunotherapy high"') == set()


def test_relevance_puts_the_title_before_the_keywords(library):
    found = find(Paper.objects.all(), "rhabdomyosarcoma").order_by("relevance")

    assert [paper.pk for paper in found] == [library[1].pk, library[2].pk]


def test_tags_are_found_by_class_and_sub_class(library, vocabulary):
    person = get_user_model().objects.create_user("curator")
    sub_class = TherapyClass.objects.get(slug="car_t-fgfr4")
    tag_papers(papers=[library[2].pk], statements=[Statement(sub_class, "confirmed")], by=person)

    assert numbers(library, "class:car_t") == {2}
    assert numbers(library, "class:car_t-fgfr4") == {2}
    assert numbers(library, "class:K") == {2}
    assert numbers(library, "class:chemotherapy") == set()
    assert numbers(library, "tag:confirmed") == {2}
    assert numbers(library, "-tag:none") == {2}


def test_settings_and_designs_are_found_by_slug_and_name(library, vocabulary):
    person = get_user_model().objects.create_user("curator")
    said = {
        1: (Setting, "maintenance"),
        2: (Setting, "first_relapse"),
        3: (StudyDesign, "case_report"),
    }
    for number, (model, slug) in said.items():
        statement = Statement(model.objects.get(slug=slug), "confirmed")
        tag_papers(papers=[library[number].pk], statements=[statement], by=person)

    assert numbers(library, "setting:maintenance") == {1}
    assert numbers(library, "setting:relapsed_refractory") == {2}
    assert numbers(library, 'setting:"First relapse"') == {2}
    assert numbers(library, "setting:refractory") == set()
    assert numbers(library, "design:case_report") == {3}
    assert numbers(library, 'design:"case report"') == {3}
    assert numbers(library, "setting:(maintenance OR first_relapse) -year:2022") == {1}
    assert numbers(library, "tag:none") == {1, 2, 3}


def test_drug_is_found_by_its_names_in_the_text(library, vocabulary):
    assert numbers(library, "drug:vincristine") == {1}
    assert numbers(library, "drug:Oncovin") == {1}


@pytest.mark.parametrize(
    ("search", "words"),
    [
        ("class:nothing", "There is no therapy class “nothing”"),
        ("drug:nothing", "There is no drug “nothing”"),
        ("regimen:nothing", "There is no regimen “nothing”"),
        ("setting:nothing", "There is no setting “nothing”. There are: first_line_metastatic, loc"),
        ("design:nothing", "There is no study design “nothing”. There are: rct, phase_3, phase_2"),
        ("year:soon", "is no year"),
    ],
)
def test_search_for_what_does_not_exist_is_an_error_in_words(library, vocabulary, search, words):
    with pytest.raises(SearchSyntaxError, match=words):
        find(Paper.objects.all(), search)


def test_indexing_again_forgets_the_old_words(library):
    paper = library[3]
    Paper.objects.filter(pk=paper.pk).update(title="Work on tunnels")

    index_papers([paper.pk])

    assert numbers(library, "bridges") == set()
    assert numbers(library, "tunnels") == {3}


def test_every_paper_is_in_the_index_once(library):
    index_papers([paper.pk for paper in library.values()])

    assert count_documents() == 3
    assert numbers(library, "maintenance") == {1, 3}


def test_paper_of_ten_thousand_words_and_astral_signs_is_indexed(library):
    paper = library[3]
    Paper.objects.filter(pk=paper.pk).update(
        abstract="word " * 20_000 + "needle", title="\U0001d49c \u202eعربي 中文 " + "x" * 3000
    )

    index_papers([paper.pk])

    assert numbers(library, "عربي") == {3}
