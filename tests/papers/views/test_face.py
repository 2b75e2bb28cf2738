"""What holds on every page: the frame, the theme, the policy, the pages of allauth and of errors."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.conf import settings as project
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.template.loader import get_template, render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from papers.templatetags.face import byline, mark_kind
from regimens.models import TherapyClass

TEMPLATES = sorted(
    str(path.relative_to(root))
    for root in project.TEMPLATES[0]["DIRS"]
    for path in root.rglob("*.html")
)
PLAIN_PAGES = ("account_login", "account_reset_password", "account_reset_password_done")
PERSONAL_PAGES = (
    "home", "papers:about", "papers:author_list", "papers:journal_list", "account_logout",
    "account_change_password", "account_email", "account_reauthenticate", "mfa_index",
)  # fmt: skip


@pytest.fixture
def person(db):
    return get_user_model().objects.create_superuser("ada", password="correct horse")


@pytest.fixture
def signed_in(client, person):
    client.login(username="ada", password="correct horse")
    return client


def assert_is_of_one_face(page: str) -> None:
    """Our frame, one first heading, and nothing that the content security policy forbids."""
    assert 'class="skip"' in page
    assert "NCBI disclaimer and copyright notice" in page
    assert len(re.findall(r"<h1[ >]", page)) == 1
    assert re.findall(r"<[^>]*\s(style|on[a-z]+|hx-on[^=]*)=", page) == []
    assert re.findall(r"<style|<script(?![^>]*\ssrc=)", page) == []


@pytest.mark.parametrize("name", PLAIN_PAGES)
def test_pages_for_strangers_are_of_one_face(client, db, name):
    assert_is_of_one_face(client.get(reverse(name)).content.decode())


@pytest.mark.parametrize("name", PERSONAL_PAGES)
def test_pages_for_members_are_of_one_face(signed_in, name):
    answer = signed_in.get(reverse(name))

    assert answer.status_code == 200
    assert_is_of_one_face(answer.content.decode())


def test_two_factor_pages_are_of_one_face(signed_in):
    signed_in.post(reverse("account_reauthenticate"), {"password": "correct horse"})

    page = signed_in.get(reverse("mfa_activate_totp")).content.decode()

    assert_is_of_one_face(page)
    assert 'src="data:image/svg+xml' in page


def test_sign_up_is_closed(client, db):
    page = client.get(reverse("account_signup")).content.decode()

    assert "Accounts are made by invitation" in page


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_compiles(name):
    assert get_template(name)


def test_navigation_marks_the_present_place(signed_in):
    page = signed_in.get(reverse("papers:author_list")).content.decode()

    assert re.findall(r'href="([^"]+)" aria-current="page"', page) == ["/authors/"]


def test_navigation_shows_the_admin_panel_to_staff_only(client, person):
    person.is_staff = person.is_superuser = False
    person.save()
    client.force_login(person)

    page = client.get("/nowhere/").content.decode()

    assert 'href="/admin/"' not in page


def test_theme_is_kept_in_a_cookie_and_told_to_the_page(client, db):
    answer = client.post(
        reverse("papers:theme"), {"theme": "dark", "next": reverse("account_login")}
    )

    assert answer["Location"] == reverse("account_login")
    page = client.get(answer["Location"]).content.decode()
    assert '<html lang="en" data-theme="dark">' in page


def test_theme_of_the_system_forgets_the_choice(client, db):
    client.post(reverse("papers:theme"), {"theme": "dark"})

    client.post(reverse("papers:theme"), {"theme": ""})

    assert '<html lang="en">' in client.get(reverse("account_login")).content.decode()


@pytest.mark.parametrize(
    "way_back", ["https://evil.example/", "//evil.example", "javascript:x", ""]
)
def test_theme_never_leads_to_a_foreign_address(client, db, way_back):
    answer = client.post(reverse("papers:theme"), {"theme": "dark", "next": way_back})

    assert answer["Location"] == "/"


@pytest.mark.parametrize("choice", ["papers:theme", "papers:keys"])
def test_no_choice_is_changed_by_a_link(client, db, choice):
    assert client.get(reverse(choice)).status_code == 405


def test_single_keys_are_switched_off_and_on_again(client, db):
    login = reverse("account_login")
    assert 'data-keys="off"' not in client.get(login).content.decode()

    answer = client.post(reverse("papers:keys"), {"keys": "off", "next": login})
    assert answer["Location"] == login
    assert 'data-keys="off"' in client.get(login).content.decode()

    client.post(reverse("papers:keys"), {"keys": "on", "next": login})
    assert 'data-keys="off"' not in client.get(login).content.decode()


def test_not_found_is_of_one_face(client, db):
    answer = client.get("/nowhere/")

    assert answer.status_code == 404
    assert_is_of_one_face(answer.content.decode())


def test_forbidden_says_whom_to_ask(client, db):
    client.force_login(get_user_model().objects.create_user("without a role"))

    answer = client.get("/")

    assert answer.status_code == 403
    assert "Ask an administrator of this library" in answer.content.decode()


def test_a_missing_csrf_token_is_explained(db):
    answer = Client(enforce_csrf_checks=True).post(reverse("papers:theme"), {"theme": "dark"})

    assert answer.status_code == 403
    assert "This page was open for too long" in answer.content.decode()


def test_page_for_a_bad_request_needs_no_context():
    assert "This could not be taken" in render_to_string("400.html")


def test_server_error_page_needs_no_context():
    assert "Something broke on our side" in render_to_string("500.html")


def test_pagination_keeps_the_query():
    page = render_to_string(
        "_components/pagination.html",
        {"page_obj": Paginator(range(60), 25).page(2)},
        RequestFactory().get("/authors/?search=li&page=2"),
    )

    assert re.findall(r'href="([^"]+)"', page) == ["?search=li&amp;page=1", "?search=li&amp;page=3"]
    assert "26 to 50 of 60" in page


@pytest.mark.parametrize(
    ("letter", "kind"), [("C", "c"), ("T", "t"), ("I", "i"), ("K", "k"), ("Z", "x"), ("", "x")]
)
def test_mark_kind_is_the_main_class_s(letter, kind):
    main = TherapyClass(slug="main", name="Main", letter=letter)

    assert mark_kind(main) == kind
    assert mark_kind(TherapyClass(slug="sub", name="Sub", parent=main)) == kind


@pytest.mark.parametrize("state", ["confirmed", "waiting", "rejected"])
def test_a_mark_says_its_class_and_state_in_words(state):
    mark = render_to_string(
        "_components/mark.html",
        {"therapy_class": TherapyClass(name="CAR-T cells", letter="K"), "state": state},
    )

    assert f'<span class="hidden-visually">CAR-T cells, {state}</span>' in mark
    assert ("is-" in mark) == (state != "confirmed")


@pytest.mark.parametrize(
    ("families", "count", "line"),
    [
        ([], 0, "No author given"),
        (["Di Carlo"], 1, "Di Carlo"),
        (["Di Carlo", "Chiarini"], 2, "Di Carlo and Chiarini"),
        (["Di Carlo", "Chiarini", "Bisogno"], 9, "Di Carlo et al."),
    ],
)
def test_byline_is_as_long_as_a_list_bears(families, count, line):
    authors = [SimpleNamespace(family=family, name=family) for family in families]

    assert byline(SimpleNamespace(first_authors=authors, author_count=count)) == line


@pytest.mark.django_db
@pytest.mark.parametrize("can_send", [True, False])
def test_a_link_by_mail_is_promised_only_where_mail_can_be_sent(client, settings, can_send):
    settings.CAN_SEND_MAIL = can_send

    sign_in = client.get(reverse("account_login")).content.decode()
    forgotten = client.get(reverse("account_reset_password")).content.decode()

    assert ("Forgot your password?" in sign_in) is can_send
    assert ("Send the link" in forgotten) is can_send
    assert ("Ask an administrator for a new password." in forgotten) is not can_send
