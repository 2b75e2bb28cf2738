"""Pages of authors."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from papers.models import Author, Authorship, Paper
from papers.services.roles import give_role


@pytest.fixture
def reader(client, db):
    person = get_user_model().objects.create_user("reader")
    give_role(user=person, role="reader")
    client.force_login(person)
    return client


def add_author(name: str, *, papers: int = 0, **fields) -> Author:
    author = Author.objects.create(name=name, **fields)
    now = timezone.now()
    for number in range(papers):
        paper = Paper.objects.create(
            title=f"{name} {number}", year=2000 + number, created_at=now, updated_at=now
        )
        Authorship.objects.create(
            paper=paper, author=author, position=1, name=name, affiliations=["Padova, Italy"]
        )
    return author


def names(answer) -> list[str]:
    return [author.name for author in answer.context["page_obj"]]


def test_author_list_stands_in_order_of_names(reader):
    for name in ("Walterhouse, David", "Bisogno, Gianni"):
        add_author(name)

    answer = reader.get(reverse("papers:author_list"))

    assert names(answer) == ["Bisogno, Gianni", "Walterhouse, David"]


def test_author_list_stands_in_order_of_papers(reader):
    add_author("Arndt, Carola", papers=1)
    add_author("Bisogno, Gianni", papers=3)

    answer = reader.get(reverse("papers:author_list"), {"ordering": "-papers"})

    assert names(answer) == ["Bisogno, Gianni", "Arndt, Carola"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("bisogno", ["Bisogno, Gianni"]),
        ("gianni bisogno", ["Bisogno, Gianni"]),
        ("0000-0002-1825-0097", ["Arndt, Carola"]),
        ("nobody", []),
    ],
)
def test_author_list_finds_by_name_and_orcid(reader, search, found):
    add_author("Bisogno, Gianni")
    add_author("Arndt, Carola", orcid="0000-0002-1825-0097")

    assert names(reader.get(reverse("papers:author_list"), {"search": search})) == found


def test_author_list_without_a_hit_says_what_to_do(reader):
    page = reader.get(reverse("papers:author_list"), {"search": "nobody"}).content.decode()

    assert "No author of that name." in page
    assert "Show all authors" in page


def test_author_list_comes_in_pages_that_keep_the_search(reader):
    for number in range(30):
        add_author(f"Li, {number:02}")

    answer = reader.get(reverse("papers:author_list"), {"search": "li", "page": "2"})

    assert names(answer) == ["Li, 25", "Li, 26", "Li, 27", "Li, 28", "Li, 29"]
    assert "?search=li&amp;page=1" in answer.content.decode()


def test_author_page_shows_papers_with_place_and_affiliation(reader):
    author = add_author("Bisogno, Gianni", papers=2, orcid="0000-0002-1825-0097")

    answer = reader.get(author.get_absolute_url())

    page = answer.content.decode()
    assert [paper.title for paper, _ in answer.context["rows"]] == [
        "Bisogno, Gianni 1",
        "Bisogno, Gianni 0",
    ]
    assert "Author 1 of 1" in page
    assert "Padova, Italy" in page
    assert 'href="https://orcid.org/0000-0002-1825-0097"' in page


def test_author_page_says_under_which_name_a_paper_prints_them(reader):
    author = add_author("Di Carlo, Daniela", papers=1)
    author.authorships.update(name="Carlo DD")

    assert "as “Carlo DD”" in reader.get(author.get_absolute_url()).content.decode()


def test_author_page_of_nobody_is_not_found(reader):
    assert reader.get(reverse("papers:author", args=[99])).status_code == 404


@pytest.mark.parametrize("count", [1, 50])
def test_author_list_asks_a_constant_number_of_queries(reader, count, django_assert_num_queries):
    for number in range(count):
        add_author(f"Author {number}", papers=1)
    reader.get(reverse("papers:author_list"))

    with django_assert_num_queries(LIST_QUERIES):
        reader.get(reverse("papers:author_list"))


@pytest.mark.parametrize("count", [1, 50])
def test_author_page_asks_a_constant_number_of_queries(reader, count, django_assert_num_queries):
    author = add_author("Bisogno, Gianni", papers=count)
    reader.get(author.get_absolute_url())

    with django_assert_num_queries(PAGE_QUERIES):
        reader.get(author.get_absolute_url())


LIST_QUERIES = 7
PAGE_QUERIES = 11
