"""The stewards' panel: constant queries, corrections that lock, people and keys under control."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from knox.models import AuthToken

from papers.models import (
    Author,
    Authorship,
    Change,
    Correction,
    Import,
    Journal,
    Paper,
    Pull,
    Search,
    SourceRecord,
    Tag,
)
from papers.search.engine import find
from papers.services.imports import run_import, store_upload
from papers.services.roles import give_role
from regimens.models import TherapyClass

pytestmark = pytest.mark.django_db

CSV = b'Title,PMID,Year,Authors,Journal\nA first title,7,2020,"Smith, Jane; Wu, Li",Cancer\n'


def person(name: str, role: str = ""):
    user = get_user_model().objects.create_user(name, password="long enough 1")
    give_role(user=user, role=role)
    return user


@pytest.fixture
def editor(client):
    user = person("editor", "editor")
    client.force_login(user)
    return user


@pytest.fixture
def administrator(client):
    user = person("administrator", "administrator")
    client.force_login(user)
    return user


@pytest.fixture
def paper() -> Paper:
    job = run_import(store_upload(name="one.csv", chunks=[CSV], forced_format="csv", by=None).pk)
    assert job.error == ""
    return Paper.objects.get()


def page(name: str, *arguments: object) -> str:
    return reverse(f"admin:{name}", args=arguments)


# Rows for the lists: each its own paper, person and journal, so that a forgotten join shows.


def a_person(n: int):
    user = get_user_model().objects.create_user(f"person{n}")
    user.groups.add(Group.objects.get(name="reader"))
    return user


def a_paper(n: int) -> Paper:
    now = timezone.now()
    journal = Journal.objects.create(title=f"Journal {n}")
    return Paper.objects.create(title=f"Paper {n}", journal=journal, created_at=now, updated_at=now)


def a_tag(n: int) -> Tag:
    return Tag.objects.create(
        paper=a_paper(n), therapy_class=TherapyClass.objects.create(slug=f"class{n}", name=f"Class {n}"),
        state="confirmed", by=a_person(n), at=timezone.now(), batch=uuid.uuid4(),
    )  # fmt: skip


def a_source_record(n: int) -> SourceRecord:
    return SourceRecord.objects.create(
        paper=a_paper(n), source="file", format="csv", sha256=n.to_bytes(32, "big"), payload=b"",
        fetched_at=timezone.now(),
    )  # fmt: skip


def an_import(n: int) -> Import:
    return Import.objects.create(name=f"{n}.ris", sha256="0" * 64, size=1, by=a_person(n))


def a_change(n: int) -> Change:
    return Change.objects.create(
        paper=a_paper(n), kind="created", by=a_person(n), at=timezone.now(),
        job=Import.objects.create(name=f"{n}.ris", sha256="0" * 64, size=1),
    )  # fmt: skip


def a_search(n: int) -> Search:
    return Search.objects.create(name=f"Search {n}", source="pubmed", query="q", owner=a_person(n))


def a_pull(n: int) -> Pull:
    search = a_search(n)
    return Pull.objects.create(search=search, source="pubmed", query="q", by=search.owner)


MAKERS: dict[str, Callable[[int], object]] = {
    "papers_paper": lambda n: Authorship.objects.create(
        paper=a_paper(n), author=Author.objects.create(name="A"), position=1, name="A"
    ),
    "papers_journal": lambda n: a_paper(n),
    "papers_author": lambda n: Author.objects.create(name=f"Author {n}"),
    "papers_tag": a_tag,
    "papers_change": a_change,
    "papers_correction": lambda n: Correction.objects.create(
        paper=a_paper(n), field="title", value="x", by=a_person(n), at=timezone.now()
    ),
    "papers_sourcerecord": a_source_record,
    "papers_import": an_import,
    "papers_search": a_search,
    "papers_pull": a_pull,
    "auth_user": a_person,
    "auth_group": lambda n: Group.objects.create(name=f"group {n}"),
    "knox_authtoken": lambda n: AuthToken.objects.create(user=a_person(n)),
    "mfa_authenticator": lambda n: Authenticator.objects.create(
        user=a_person(n), type="totp", data={}
    ),
}


def test_every_list_of_papers_and_people_is_measured():
    ours = {
        f"{model._meta.app_label}_{model._meta.model_name}"
        for model in admin.site._registry
        if model._meta.app_label in ("papers", "auth", "knox", "mfa")
    }

    assert set(MAKERS) == ours


@pytest.mark.parametrize("name", MAKERS)
def test_list_asks_the_same_at_1_and_at_50_rows(name, admin_client, django_assert_max_num_queries):
    def ask() -> int:
        with django_assert_max_num_queries(40) as asked:
            answer = admin_client.get(page(f"{name}_changelist"))
        assert answer.status_code == 200
        return len(asked)

    MAKERS[name](1)
    ask()  # content types and the like are asked for once a process
    at_one = ask()
    for number in range(2, 51):
        MAKERS[name](number)

    assert ask() == at_one


@pytest.mark.parametrize("name", MAKERS)
def test_list_can_be_searched(name, admin_client):
    MAKERS[name](1)

    assert admin_client.get(page(f"{name}_changelist"), {"q": "a word"}).status_code == 200


@pytest.mark.parametrize("name", MAKERS)
def test_every_row_opens(name, admin_client):
    MAKERS[name](1)
    model = next(
        model for model in admin.site._registry
        if f"{model._meta.app_label}_{model._meta.model_name}" == name
    )  # fmt: skip

    for row in model._default_manager.all():
        assert admin_client.get(page(f"{name}_change", row.pk)).status_code == 200


def correction_form(client, paper: Paper) -> dict[str, str]:
    """What a browser sends of the untouched form: with CR LF at the ends of lines."""
    form = client.get(page("papers_paper_change", paper.pk)).context["adminform"].form
    sent = {
        name: (field.initial or "").replace("\n", "\r\n") for name, field in form.fields.items()
    }
    assert sent["authors"] == "Smith, Jane\r\nWu, Li"
    empty = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0"}
    return sent | {
        f"{prefix}-{key}": value for prefix in ("corrections", "source_records") for key, value in empty.items()
    }  # fmt: skip


def test_saving_a_paper_makes_a_correction_of_what_changed_and_of_nothing_else(
    client, editor, paper
):
    form = correction_form(client, paper)

    answer = client.post(
        page("papers_paper_change", paper.pk),
        form | {"title": "A second title", "why": "Misprint."},
    )

    assert answer.status_code == 302
    paper.refresh_from_db()
    assert paper.title == "A second title"
    assert list(Correction.objects.values_list("field", "value", "by__username", "note")) == [
        ("title", "A second title", "editor", "Misprint.")
    ]
    change = paper.changes.first()
    assert (change.kind, change.by, change.note) == ("corrected", editor, "Misprint.")
    again = run_import(store_upload(name="b.csv", chunks=[CSV.replace(b"first", b"third")],
                                    forced_format="csv", by=None).pk)  # fmt: skip
    assert again.matched == 1
    paper.refresh_from_db()
    assert paper.title == "A second title"


def test_saving_a_paper_unchanged_changes_nothing(client, editor, paper):
    before = paper.updated_at

    client.post(page("papers_paper_change", paper.pk), correction_form(client, paper))

    paper.refresh_from_db()
    assert paper.updated_at == before
    assert not Correction.objects.exists()


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("doi", "not a doi", "This is no DOI."),
        ("publication_date", "soon", "Write the date as 2021, 2021-07 or 2021-07-01."),
    ],
)
def test_a_paper_refuses_what_is_none_of_the_kind(client, editor, paper, field, text, sentence):
    form = correction_form(client, paper) | {field: text}

    answer = client.post(page("papers_paper_change", paper.pk), form)

    assert sentence in answer.text
    assert not Correction.objects.exists()


def test_a_paper_refuses_the_identifier_of_another(client, editor, paper):
    other = a_paper(2)
    Paper.objects.filter(pk=other.pk).update(pmid="99")

    answer = client.post(
        page("papers_paper_change", paper.pk), correction_form(client, paper) | {"pmid": "99"}
    )

    assert answer.status_code == 200
    assert f"99 stands on paper {other.pk} already" in answer.text


def test_corrections_can_be_taken_back_from_their_list(client, editor, paper):
    form = correction_form(client, paper) | {"title": "A second title"}
    client.post(page("papers_paper_change", paper.pk), form)

    client.post(
        page("papers_correction_changelist"),
        {"action": "take_back", "_selected_action": [Correction.objects.get().pk]},
    )

    paper.refresh_from_db()
    assert paper.title == "A first title"
    assert paper.changes.first().kind == "released"


@pytest.mark.parametrize(
    "name", ["papers_tag", "papers_change", "papers_sourcerecord", "papers_import"]
)
def test_what_happened_cannot_be_edited(name, admin_client):
    MAKERS[name](1)

    assert admin_client.get(page(f"{name}_add")).status_code == 403
    listing = admin_client.get(page(f"{name}_changelist")).text
    assert "delete_selected" not in listing


def test_papers_are_neither_added_nor_deleted_in_the_panel(admin_client, paper):
    assert admin_client.get(page("papers_paper_add")).status_code == 403
    assert admin_client.post(page("papers_paper_delete", paper.pk)).status_code == 403


def test_a_journal_keeps_who_changed_it(client, editor, paper):
    journal = paper.journal
    metrics = {"metrics-TOTAL_FORMS": "0", "metrics-INITIAL_FORMS": "0"}

    client.post(page("papers_journal_change", journal.pk), {"title": "Cancer (Phila)", **metrics})

    journal.refresh_from_db()
    assert journal.title == "Cancer (Phila)"
    assert journal.history.first().history_user == editor
    assert find(Paper.objects.all(), "journal:phila").get() == paper
    assert client.get(page("papers_journal_history", journal.pk)).status_code == 200


def test_a_new_person_gets_a_role(client, administrator):
    client.post(
        page("auth_user_add"),
        {"username": "nina", "usable_password": "true", "password1": "sturdy-Words-9",
         "password2": "sturdy-Words-9", "role": "curator"},
    )  # fmt: skip

    nina = get_user_model().objects.get(username="nina")
    assert [group.name for group in nina.groups.all()] == ["curator"]
    assert not nina.is_staff


def test_a_changed_role_is_the_only_one(client, administrator):
    nina = person("nina", "curator")

    client.post(
        page("auth_user_change", nina.pk), {"username": "nina", "is_active": "on", "role": "editor"}
    )

    nina.refresh_from_db()
    assert [group.name for group in nina.groups.all()] == ["editor"]
    assert nina.is_staff


def test_a_person_without_a_role_may_do_nothing(client, administrator):
    nina = person("nina", "editor")

    client.post(
        page("auth_user_change", nina.pk), {"username": "nina", "is_active": "on", "role": ""}
    )

    nina = get_user_model().objects.get(pk=nina.pk)
    assert (nina.groups.count(), nina.is_staff, nina.get_all_permissions()) == (0, False, set())


def test_an_administrator_cannot_raise_anyone_beyond_the_roles(client, administrator):
    nina = person("nina", "reader")

    client.post(
        page("auth_user_change", nina.pk),
        {
            "username": "nina",
            "is_active": "on",
            "role": "reader",
            "is_superuser": "on",
            "is_staff": "on",
        },
    )

    nina.refresh_from_db()
    assert (nina.is_superuser, nina.is_staff) == (False, False)


def test_an_administrator_cannot_take_a_superusers_password(client, administrator, admin_user):
    url = page("auth_user_password_change", admin_user.pk)

    answer = client.post(url, {"password1": "sturdy-Words-9", "password2": "sturdy-Words-9"})

    assert answer.status_code == 403


def test_people_are_closed_not_deleted(admin_client):
    nina = person("nina", "reader")

    assert admin_client.post(page("auth_user_delete", nina.pk)).status_code == 403
    assert "delete_selected" not in admin_client.get(page("auth_user_changelist")).text


def test_an_editor_sees_no_people_and_no_keys(client, editor):
    for name in ("auth_user", "knox_authtoken", "mfa_authenticator"):
        assert client.get(page(f"{name}_changelist")).status_code == 403


@pytest.mark.parametrize("role", ["reader", "curator"])
def test_the_panel_is_for_editors_and_administrators(client, role):
    client.force_login(person(role, role))

    assert client.get(page("index")).status_code in (302, 403)


def test_the_panel_has_no_sign_in_of_its_own(client):
    answer = client.get(page("login"))

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_a_revoked_key_opens_nothing(client, administrator):
    _, key = AuthToken.objects.create(user=person("nina", "reader"))
    row = AuthToken.objects.get()

    listing = client.get(page("knox_authtoken_changelist")).text
    client.post(page("knox_authtoken_delete", row.pk), {"post": "yes"})

    assert row.token_key in listing
    assert key not in listing
    assert not AuthToken.objects.exists()


def test_a_second_factor_is_removed_without_showing_its_secret(client, administrator):
    factor = Authenticator.objects.create(
        user=person("nina"), type="totp", data={"secret": "JBSWY3DP"}
    )

    shown = client.get(page("mfa_authenticator_change", factor.pk)).text
    client.post(page("mfa_authenticator_delete", factor.pk), {"post": "yes"})

    assert "JBSWY3DP" not in shown
    assert not Authenticator.objects.exists()
