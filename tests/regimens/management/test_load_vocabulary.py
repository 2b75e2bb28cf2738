"""``manage.py load_vocabulary``."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from regimens.models import Regimen


def test_command_prints_its_counts_as_json(db):
    out = io.StringIO()

    call_command("load_vocabulary", "--json", stdout=out)

    assert json.loads(out.getvalue()) == {"created": 267, "updated": 0, "unchanged": 0, "kept": 0}


def test_command_says_what_it_did_on_standard_error(db):
    out, err = io.StringIO(), io.StringIO()

    call_command("load_vocabulary", stdout=out, stderr=err)

    assert out.getvalue() == ""
    assert "267 rows new, 0 changed, 0 unchanged, 0 kept" in err.getvalue()
    assert Regimen.objects.count() == 48


def test_command_says_which_name_is_missing(make_class):
    make_class("car_t").delete()  # by a person, so loading does not bring it back

    with pytest.raises(CommandError, match=r"^car_t-her2 names the therapy class “car_t”"):
        call_command("load_vocabulary")


def test_command_is_silent_when_asked(db):
    err = io.StringIO()

    call_command("load_vocabulary", verbosity=0, stderr=err)

    assert err.getvalue() == ""
