"""A small vocabulary, people with roles, and the files as they are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from lxml import html

from papers.services.roles import give_role
from regimens import components
from regimens.models import (
    Component,
    Drug,
    Phase,
    Regimen,
    Setting,
    StudyDesign,
    TherapyClass,
    Trial,
)

DATA = Path(components.__file__).parent / "data"


@pytest.fixture(scope="session")
def rows():
    """Rows of one of the vocabulary's files."""

    def read(name):
        return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))["rows"]

    return read


@pytest.fixture
def person(db):
    def make(role=None):
        user = get_user_model().objects.create_user(role or "newcomer")
        if role:
            give_role(user=user, role=role)
        return user

    return make


@pytest.fixture
def make_class(db):
    def make(slug, **fields):
        parent = None
        if "-" in slug:
            parent = TherapyClass.objects.filter(slug=slug.split("-")[0]).first()
        fields = {"name": slug.replace("-", " "), "parent": parent, **fields}
        return TherapyClass.objects.get_or_create(slug=slug, defaults=fields)[0]

    return make


@pytest.fixture
def make_setting(db):
    def make(slug, parent=None, **fields):
        return Setting.objects.create(
            slug=slug, name=fields.pop("name", slug), parent=parent, **fields
        )

    return make


@pytest.fixture
def make_design(db):
    def make(slug, **fields):
        return StudyDesign.objects.create(slug=slug, name=fields.pop("name", slug), **fields)

    return make


@pytest.fixture
def make_drug(db, make_class):
    def make(slug, therapy_class="", **fields):
        if "-" in therapy_class:
            make_class(therapy_class.split("-")[0])
        given = make_class(therapy_class) if therapy_class else None
        drug = Drug.objects.create(
            slug=slug, inn=fields.pop("inn", slug), therapy_class=given, **fields
        )
        drug.synonyms.create(name=f"{slug} trade name", note="liposomal")
        return drug

    return make


@pytest.fixture
def make_regimen(db):
    """``make_regimen("va", ("treatment", [(vincristine, "backbone"), …]), …)``."""

    def make(slug, *phases, **fields):
        regimen = Regimen.objects.create(slug=slug, name=fields.pop("name", slug.upper()), **fields)
        regimen.aliases.create(name=f"{slug} by another name")
        for position, (kind, parts) in enumerate(phases, start=1):
            phase = Phase.objects.create(regimen=regimen, position=position, kind=kind)
            for place, (drug, role) in enumerate(parts, start=1):
                Component.objects.create(phase=phase, position=place, drug=drug, role=role)
        return regimen

    return make


@pytest.fixture
def fill(make_class, make_setting, make_design, make_drug, make_regimen):
    """``fill(50)``: 50 regimens of two phases, each with a class, a drug and a trial of its own; and
    50 settings below 50 others, 50 designs.
    """

    def make(count):
        for number in range(count):
            slug = f"{count}-{number}"
            make_class("targeted")
            drug = make_drug(f"drug-{slug}", f"targeted-{slug}", unverified=["synonyms"])
            phases = [("induction", [(drug, "backbone")]), ("maintenance", [(drug, "maintenance")])]
            regimen = make_regimen(f"regimen-{slug}", *phases)
            trial = Trial.objects.create(slug=f"trial-{slug}", acronym=slug)
            trial.therapy_classes.add(drug.therapy_class)
            regimen.trials.add(trial)
            make_setting(f"setting-{slug}", make_setting(f"above-{slug}"))
            make_design(f"design-{slug}")

    return make


@pytest.fixture
def reader(client, person):
    """A browser in which a reader is signed in."""
    client.force_login(person("reader"))
    return client


@pytest.fixture
def words():
    """The words of a page's main part, in their order, spaces squeezed."""

    def read(response):
        assert response.status_code == 200
        main = html.fromstring(response.content).get_element_by_id("main")
        text = " ".join(" ".join(main.itertext()).split())
        return re.sub(r"(?<=\() | (?=[,.;:)])", "", text)

    return read
