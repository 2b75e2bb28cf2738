"""Who may go through which door: every address of the house, every role, one table.

A door stands under the name of its address. An address that is not in the table fails
``test_every_address_is_in_the_table``, so a new page cannot be forgotten here.

Levels: ``ANYONE``; ``PUBLIC`` (with PUBLIC_READ anyone, else a reader); ``SIGNED_IN``; and the four
roles, each of which may do what those before it may.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from knox.models import AuthToken

from papers.formats import InputFile, read
from papers.models import Author, Candidate, Import, Journal, Paper, Pull, Search, Suggestion, Tag
from papers.services.acquire import acquire_records
from papers.services.correcting import correct_paper
from papers.services.roles import give_role
from papers.services.tagging import Statement, tag_papers
from regimens.models import Drug, Phase, Regimen, Setting, StudyDesign, TherapyClass, Trial

pytestmark = [pytest.mark.long, pytest.mark.django_db]

ANYONE, PUBLIC, SIGNED_IN = "anyone", "public", "signed in"
READER, CURATOR, EDITOR, ADMINISTRATOR = "reader", "curator", "editor", "administrator"
NOBODY = "nobody"

ROLES = ("reader", "curator", "editor", "administrator")
ACTORS = ("stranger", "public reader", "person without a role", *ROLES)
MAY = {
    ANYONE: set(ACTORS),
    PUBLIC: {"public reader", *ROLES},
    SIGNED_IN: {"person without a role", *ROLES},
    READER: set(ROLES),
    CURATOR: set(ROLES[1:]),
    EDITOR: set(ROLES[2:]),
    ADMINISTRATOR: {"administrator"},
    NOBODY: set(),
}
"""Who may go through a door of each level; the public reader comes while PUBLIC_READ is on."""

# name of the address: {method: who may}
PAGES: dict[str, dict[str, str]] = {
    "home": {"GET": PUBLIC},
    "healthz": {"GET": ANYONE},
    "readyz": {"GET": ANYONE},
    "papers:library": {"GET": PUBLIC},
    "papers:bulk": {"POST": CURATOR},
    "papers:undo": {"POST": CURATOR},
    "papers:curate": {"GET": CURATOR},
    "papers:curate_decide": {"POST": CURATOR},
    "papers:curate_undo": {"POST": CURATOR},
    "papers:curate_next": {"POST": CURATOR},
    "papers:curate_leave": {"POST": CURATOR},
    "papers:bulk_desk": {"GET": CURATOR, "POST": CURATOR},
    "papers:panel": {"GET": PUBLIC},
    "papers:paper": {"GET": PUBLIC},
    "papers:paper_tag": {"POST": CURATOR},
    "papers:correct": {"GET": EDITOR, "POST": EDITOR},
    "papers:release": {"POST": EDITOR},
    "papers:dismiss": {"POST": EDITOR},
    "papers:source": {"GET": READER},
    "papers:export": {"GET": PUBLIC},
    "papers:import_list": {"GET": READER},
    "papers:import_upload": {"POST": CURATOR},
    "papers:import": {"GET": READER},
    "papers:import_cancel": {"POST": CURATOR},
    "papers:import_resume": {"POST": CURATOR},
    "papers:import_rejected": {"GET": CURATOR},
    "papers:search_list": {"GET": READER},
    "papers:search_new": {"GET": CURATOR, "POST": CURATOR},
    "papers:search_try": {"POST": CURATOR},
    "papers:search": {"GET": READER},
    "papers:search_edit": {"GET": CURATOR, "POST": CURATOR},
    "papers:search_run": {"POST": CURATOR},
    "papers:search_pause": {"POST": CURATOR},
    "papers:search_delete": {"POST": CURATOR},
    "papers:enrich": {"POST": CURATOR},
    "papers:pull": {"GET": READER},
    "papers:pull_cancel": {"POST": CURATOR},
    "papers:pull_resume": {"POST": CURATOR},
    "papers:pull_rejected": {"GET": CURATOR},
    "papers:snowball": {"POST": CURATOR},
    "papers:candidate_list": {"GET": READER},
    "papers:candidate_decide": {"POST": CURATOR},
    "papers:token_list": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "papers:token_revoke": {"POST": SIGNED_IN},
    "papers:job_list": {"GET": READER},
    "papers:theme": {"POST": ANYONE},
    "papers:keys": {"POST": ANYONE},
    "papers:about": {"GET": PUBLIC},
    "papers:chart": {"GET": PUBLIC},
    "papers:track_record": {"GET": READER},
    "papers:track_record_table": {"GET": READER},
    "papers:map": {"GET": PUBLIC},
    "papers:map_file": {"GET": PUBLIC},
    "papers:author_list": {"GET": PUBLIC},
    "papers:author": {"GET": PUBLIC},
    "papers:journal_list": {"GET": PUBLIC},
    "papers:journal": {"GET": PUBLIC},
    "regimens:regimen_list": {"GET": PUBLIC},
    "regimens:regimen": {"GET": PUBLIC},
    "regimens:drug_list": {"GET": PUBLIC},
    "regimens:drug": {"GET": PUBLIC},
    "regimens:therapy_class_list": {"GET": PUBLIC},
    "regimens:therapy_class": {"GET": PUBLIC},
}

API: dict[str, dict[str, str]] = {
    "api-schema": {"GET": ANYONE},
    "api-docs": {"GET": ANYONE},
    "api:paper-list": {"GET": PUBLIC},
    "api:paper-detail": {"GET": PUBLIC, "PATCH": EDITOR},
    "api:paper-tags": {"GET": READER, "POST": CURATOR},
    "api:map-list": {"GET": PUBLIC},
    "api:author-list": {"GET": PUBLIC},
    "api:author-detail": {"GET": PUBLIC},
    "api:journal-list": {"GET": PUBLIC},
    "api:journal-detail": {"GET": PUBLIC},
    "api:therapy-class-list": {"GET": PUBLIC},
    "api:therapy-class-detail": {"GET": PUBLIC},
    "api:drug-list": {"GET": PUBLIC},
    "api:drug-detail": {"GET": PUBLIC},
    "api:regimen-list": {"GET": PUBLIC},
    "api:regimen-detail": {"GET": PUBLIC},
    "api:setting-list": {"GET": PUBLIC},
    "api:setting-detail": {"GET": PUBLIC},
    "api:study-design-list": {"GET": PUBLIC},
    "api:study-design-detail": {"GET": PUBLIC},
    "api:tag-list": {"GET": READER},
    "api:tag-detail": {"GET": READER},
    "api:tag-bulk": {"POST": CURATOR},
    "api:tag-undo": {"POST": CURATOR},
    "api:suggestion-list": {"GET": READER},
    "api:suggestion-detail": {"GET": READER},
    "api:suggestion-accept": {"POST": CURATOR},
    "api:suggestion-reject": {"POST": CURATOR},
    "api:suggestion-bulk": {"POST": CURATOR},
    "api:suggestion-track-record": {"GET": READER},
    "api:search-list": {"GET": READER, "POST": CURATOR},
    "api:search-detail": {"GET": READER, "PATCH": CURATOR, "DELETE": CURATOR},
    "api:search-run": {"POST": CURATOR},
    "api:search-try-out": {"POST": CURATOR},
    "api:paper-snowball": {"POST": CURATOR},
    "api:candidate-list": {"GET": READER},
    "api:candidate-detail": {"GET": READER},
    "api:candidate-decide": {"POST": CURATOR},
    "api:pull-list": {"GET": READER},
    "api:pull-detail": {"GET": READER},
    "api:pull-enrich": {"POST": CURATOR},
    "api:pull-rejected": {"GET": CURATOR},
    "api:pull-cancel": {"POST": CURATOR},
    "api:pull-resume": {"POST": CURATOR},
    "api:import-list": {"GET": READER, "POST": CURATOR},
    "api:import-detail": {"GET": READER},
    "api:import-rejected": {"GET": CURATOR},
    "api:import-cancel": {"POST": CURATOR},
    "api:import-resume": {"POST": CURATOR},
    "api:change-list": {"GET": READER},
    "api:change-detail": {"GET": READER},
    "api-nowhere": {"GET": ANYONE},
}

ACCOUNTS: dict[str, dict[str, str]] = {
    "account_login": {"GET": ANYONE},
    "account_logout": {"GET": SIGNED_IN},
    "account_inactive": {"GET": ANYONE},
    "account_signup": {"GET": ANYONE},
    "account_reauthenticate": {"GET": SIGNED_IN},
    "account_email": {"GET": SIGNED_IN},
    "account_email_verification_sent": {"GET": ANYONE},
    "account_change_password": {"GET": SIGNED_IN},
    "account_set_password": {"GET": SIGNED_IN},
    "account_reset_password": {"GET": ANYONE},
    "account_reset_password_done": {"GET": ANYONE},
    "account_reset_password_from_key": {"GET": ANYONE},
    "account_reset_password_from_key_done": {"GET": ANYONE},
    "account_confirm_login_code": {"GET": SIGNED_IN},
    "account_confirm_email": {"GET": ANYONE},
    "mfa_index": {"GET": SIGNED_IN},
    "mfa_authenticate": {"GET": SIGNED_IN},
    "mfa_reauthenticate": {"GET": SIGNED_IN},
    "mfa_activate_totp": {"GET": SIGNED_IN},
    "mfa_deactivate_totp": {"GET": SIGNED_IN},
    "mfa_view_recovery_codes": {"GET": SIGNED_IN},
    "mfa_generate_recovery_codes": {"GET": SIGNED_IN},
    "mfa_download_recovery_codes": {"GET": SIGNED_IN},
}

ADMIN: dict[str, dict[str, str]] = {
    "admin:index": {"GET": EDITOR},
    "admin:login": {"GET": EDITOR},
    "admin:logout": {"POST": ANYONE},
    "admin:password_change": {"GET": EDITOR},
    "admin:password_change_done": {"GET": EDITOR},
    "admin:autocomplete": {"GET": EDITOR},
    "admin:jsi18n": {"GET": EDITOR},
    "admin:view_on_site": {"GET": EDITOR},
    "admin:app_list": {"GET": EDITOR},
    "admin/(?P<url>.*)$": {"GET": EDITOR},
}

# model: who may see, add, change and delete its rows in the admin panel
ADMIN_MODELS: dict[str, tuple[str, str, str, str]] = {
    "regimens.therapyclass": (EDITOR, EDITOR, EDITOR, NOBODY),
    "regimens.drug": (EDITOR, EDITOR, EDITOR, NOBODY),
    "regimens.trial": (EDITOR, EDITOR, EDITOR, NOBODY),
    "regimens.regimen": (EDITOR, EDITOR, EDITOR, NOBODY),
    "regimens.phase": (EDITOR, EDITOR, EDITOR, EDITOR),
    "regimens.setting": (EDITOR, EDITOR, EDITOR, NOBODY),
    "regimens.studydesign": (EDITOR, EDITOR, EDITOR, NOBODY),
    "papers.paper": (EDITOR, NOBODY, EDITOR, NOBODY),
    "papers.journal": (EDITOR, EDITOR, EDITOR, NOBODY),
    "papers.author": (EDITOR, NOBODY, EDITOR, NOBODY),
    "papers.tag": (EDITOR, NOBODY, EDITOR, NOBODY),
    "papers.change": (EDITOR, NOBODY, EDITOR, NOBODY),
    "papers.correction": (EDITOR, NOBODY, EDITOR, NOBODY),
    "papers.sourcerecord": (EDITOR, NOBODY, EDITOR, NOBODY),
    "papers.import": (EDITOR, NOBODY, EDITOR, NOBODY),
    "papers.search": (EDITOR, EDITOR, EDITOR, EDITOR),
    "papers.pull": (EDITOR, NOBODY, EDITOR, NOBODY),
    "auth.user": (ADMINISTRATOR, ADMINISTRATOR, ADMINISTRATOR, NOBODY),
    "auth.group": (ADMINISTRATOR, NOBODY, ADMINISTRATOR, NOBODY),
    "knox.authtoken": (ADMINISTRATOR, NOBODY, ADMINISTRATOR, ADMINISTRATOR),
    "mfa.authenticator": (ADMINISTRATOR, NOBODY, ADMINISTRATOR, ADMINISTRATOR),
    "account.emailaddress": (NOBODY, NOBODY, NOBODY, NOBODY),
}


def admin_doors() -> dict[str, dict[str, str]]:
    """The rows of ADMIN_MODELS, address by address."""
    doors = {}
    for label, (see, add, change, delete) in ADMIN_MODELS.items():
        name = f"admin:{label.replace('.', '_')}"
        doors |= {
            f"{name}_changelist": {"GET": see},
            f"{name}_add": {"GET": add},
            f"{name}_change": {"GET": change},
            f"{name}_history": {"GET": see},
            f"{name}_delete": {"GET": delete},
            # Leads on to the change page, which asks again.
            f"admin/{label.replace('.', '/')}/<path:object_id>/": {"GET": EDITOR},
        }
        if hasattr(apps.get_model(label), "history"):
            doors[f"{name}_simple_history"] = {"GET": change}
    return doors | {"admin:auth_user_password_change": {"GET": ADMINISTRATOR}}


TABLE = PAGES | API | ACCOUNTS | ADMIN | admin_doors()


@dataclass(frozen=True)
class Address:
    name: str
    route: str
    methods: frozenset[str]
    """Known for the API only; pages say it by refusing others."""


def addresses(patterns: list[Any], route: str = "", space: str = "") -> Iterator[Address]:
    for pattern in patterns:
        here = f"{route}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from addresses(pattern.url_patterns, here, inner)
        elif isinstance(pattern, URLPattern):
            actions = getattr(pattern.callback, "actions", None) or {}
            methods = frozenset(method.upper() for method in actions)
            yield Address(f"{space}{pattern.name}" if pattern.name else here, here, methods)


ADDRESSES = {address.name: address for address in addresses(get_resolver().url_patterns)}


def test_every_address_is_in_the_table():
    assert sorted(ADDRESSES.keys() - TABLE.keys()) == []
    assert sorted(TABLE.keys() - ADDRESSES.keys()) == []


def test_every_action_of_the_api_is_in_the_table():
    actions = {(name, method) for name, address in ADDRESSES.items() for method in address.methods}
    rows = {(name, method) for name in API for method in TABLE[name] if ADDRESSES[name].methods}

    assert rows == actions


RECORD = b"""<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version="1">1</PMID><Article>
<Journal><Title>Journal</Title></Journal><ArticleTitle>Title</ArticleTitle><AuthorList>
<Author><LastName>Family</LastName></Author></AuthorList></Article></MedlineCitation>
</PubmedArticle></PubmedArticleSet>"""


@pytest.fixture
def library(vocabulary) -> dict[str, Any]:
    """One row of everything; returns the key of each model's row."""
    editor = get_user_model().objects.create_user("somebody")
    give_role(user=editor, role=EDITOR)
    records = list(read(InputFile.from_bytes(RECORD), "pubmed_xml"))
    acquire_records(records, at=timezone.now())
    paper = Paper.objects.get()
    said = Statement(TherapyClass.objects.get(slug="car_t"), "confirmed")
    tag_papers(papers=[paper.pk], statements=[said], by=editor)
    correct_paper(paper=paper, changes={"volume": "1"}, by=editor)
    job = Import.objects.create(name="f.xml", sha256="0" * 64, size=1, format="pubmed_xml")
    search = Search.objects.create(name="s", source="pubmed", query="q")
    pull = Pull.objects.create(search=search, source="pubmed", query="q")
    token, _ = AuthToken.objects.create(editor)
    for model in (Author, Journal, TherapyClass, Drug, Trial, Regimen):
        model.objects.first().save()  # what is stored in bulk begins its history later
    candidate = Candidate.objects.create(
        seed=paper, direction="citations", source_id="0", payload=b"", found_at=timezone.now()
    )
    suggestion = Suggestion.objects.create(
        paper=paper, therapy_class=TherapyClass.objects.first(), score=0.9, made_at=timezone.now()
    )
    return {
        "candidate": candidate.pk,
        "suggestion": suggestion.pk,
        "papers.paper": paper.pk,
        "papers.author": Author.objects.get().pk,
        "papers.journal": Journal.objects.get().pk,
        "papers.tag": Tag.objects.get().pk,
        "papers.change": paper.changes.first().pk,
        "papers.correction": paper.corrections.get().pk,
        "papers.sourcerecord": paper.source_records.get().pk,
        "papers.import": job.pk,
        "papers.search": search.pk,
        "papers.pull": pull.pk,
        "regimens.therapyclass": TherapyClass.objects.first().pk,
        "regimens.drug": Drug.objects.first().pk,
        "regimens.trial": Trial.objects.first().pk,
        "regimens.regimen": Regimen.objects.first().pk,
        "regimens.phase": Phase.objects.first().pk,
        "regimens.setting": Setting.objects.first().pk,
        "regimens.studydesign": StudyDesign.objects.first().pk,
        "auth.user": editor.pk,
        "auth.group": editor.groups.get().pk,
        "knox.authtoken": token.pk,
        "mfa.authenticator": Authenticator.objects.create(user=editor, type="totp", data={}).pk,
        "account.emailaddress": EmailAddress.objects.create(user=editor, email="a@b.org").pk,
    }


def url_of(name: str, keys: dict[str, Any]) -> str:
    """An address with the keys of rows that there are."""
    if name in NAMELESS:
        return NAMELESS[name]
    if name.startswith("admin/"):
        _admin, app, model, _rest = name.split("/", 3)
        return f"/admin/{app}/{model}/{keys[f'{app}.{model}']}/"
    model = _model_of(name)
    if name.endswith("_simple_history"):
        version = apps.get_model(model).history.model.objects.filter(id=keys[model]).first()
        return reverse(name, args=[keys[model], version.pk])
    if name.startswith("admin:") and model and not name.endswith(("_changelist", "_add")):
        return reverse(name, args=[keys[model]])
    return reverse(name, args=_arguments(name, keys)) + QUERIES.get(name, "")


NAMELESS = {"api-nowhere": "/api/v1/nothing/", "admin/(?P<url>.*)$": "/admin/nothing/"}
QUERIES = {
    "admin:autocomplete": "?app_label=regimens&model_name=component&field_name=drug",
    "papers:export": "?format=csv",
}


def _model_of(name: str) -> str:
    prefix = "_".join(name.removeprefix("admin:").split("_")[:2]).replace("_", ".", 1)
    return prefix if prefix in ADMIN_MODELS else ""


def _arguments(name: str, keys: dict[str, Any]) -> list[Any]:
    paper, job = keys["papers.paper"], keys["papers.import"]
    slugs = {"regimen": "ivado", "drug": "vincristine", "therapy_class": "car_t"}
    arguments: dict[str, list[Any]] = {
        "papers:paper": [paper],
        "papers:paper_tag": [paper],
        "papers:snowball": [paper],
        "papers:candidate_list": [paper],
        "papers:candidate_decide": [paper],
        "api:paper-snowball": [paper],
        "api:candidate-detail": [keys["candidate"]],
        "papers:correct": [paper, "title"],
        "papers:release": [paper, "volume"],
        "papers:dismiss": [paper, "volume"],
        "papers:source": [paper, keys["papers.sourcerecord"]],
        "papers:author": [keys["papers.author"]],
        "papers:journal": [keys["papers.journal"]],
        "papers:chart": ["svg"],
        "papers:track_record_table": ["rules"],
        "papers:map_file": ["csv"],
        "api:paper-detail": [paper],
        "api:paper-tags": [paper],
        "api:author-detail": [keys["papers.author"]],
        "api:journal-detail": [keys["papers.journal"]],
        "api:tag-detail": [keys["papers.tag"]],
        "api:change-detail": [keys["papers.change"]],
        "account_confirm_email": ["key"],
        "account_reset_password_from_key": ["1", "key"],
        "admin:view_on_site": [1, 1],
        "admin:app_list": ["papers"],
    }
    arguments |= {
        f"papers:{name}": [job]
        for name in ("import", "import_cancel", "import_resume", "import_rejected")
    }
    for part in ("", "_edit", "_run", "_pause", "_delete"):
        arguments[f"papers:search{part}"] = [keys["papers.search"]]
    for part in ("", "_cancel", "_resume", "_rejected"):
        arguments[f"papers:pull{part}"] = [keys["papers.pull"]]
    arguments |= {f"api:search-{part}": [keys["papers.search"]] for part in ("detail", "run")}
    for part in ("detail", "accept", "reject"):
        arguments[f"api:suggestion-{part}"] = [keys["suggestion"]]
    for part in ("detail", "rejected", "cancel", "resume"):
        arguments[f"api:pull-{part}"] = [keys["papers.pull"]]
    arguments |= {
        f"api:import-{name}": [job] for name in ("detail", "rejected", "cancel", "resume")
    }
    arguments |= {f"regimens:{kind}": [slug] for kind, slug in slugs.items()}
    slugs |= {"setting": "maintenance", "study_design": "rct"}
    arguments |= {f"api:{kind.replace('_', '-')}-detail": [slug] for kind, slug in slugs.items()}
    return arguments.get(name, [])


@pytest.fixture
def client_of(db, settings):
    """A client that acts as one of ACTORS."""

    def act(actor: str) -> Client:
        client = Client()
        settings.PUBLIC_READ = actor == "public reader"
        if actor in MAY[SIGNED_IN]:
            user = get_user_model().objects.create_user(actor, password="a long password")
            if actor in ROLES:
                give_role(user=user, role=actor)
            client.force_login(user)
        return client

    return act


def is_let_in(client: Client, method: str, url: str) -> bool:
    """Whether the door opens; what was done behind it is rolled back."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        reply = client.generic(method, url)
        if reply.streaming:
            list(reply.streaming_content)
        transaction.set_rollback(True)
    client.cookies = cookies
    assert reply.status_code < 500, url
    to_login = reply.status_code == 302 and reply["Location"].startswith(
        (reverse("account_login"), reverse("admin:login"))
    )
    return reply.status_code not in (401, 403) and not to_login


@pytest.mark.parametrize("actor", ACTORS)
def test_door_opens_to_whom_the_table_says(client_of, library, actor):
    client = client_of(actor)
    doors = [
        (name, method, level)
        for name, methods in TABLE.items()
        for method, level in methods.items()
    ]

    opened = {
        f"{method} {name}"
        for name, method, _level in doors
        if is_let_in(client, method, url_of(name, library))
    }

    allowed = {f"{method} {name}" for name, method, level in doors if actor in MAY[level]}
    assert "\n".join(sorted(opened - allowed)) == ""
    assert "\n".join(sorted(allowed - opened)) == ""
