"""Filters for values that come from outside: what no row can have is refused, not looked up."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django_filters.fields import ModelMultipleChoiceField
from drf_spectacular.utils import extend_schema_field

BIGGEST_ID = 2**63 - 1
_ID = {"type": "integer", "minimum": 0, "maximum": BIGGEST_ID}


class RowsField(ModelMultipleChoiceField):
    """Rows by id or by slug. The database would stumble over an id beyond its own."""

    def _check_values(self, value: Any) -> Any:
        for key in value:
            if self.to_field_name is None and not can_be_id(str(key)):
                raise ValidationError(
                    self.error_messages["invalid_pk_value"],
                    code="invalid_pk_value",
                    params={"pk": str(key)[:100]},
                )
        return super()._check_values(value)


def can_be_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < len(str(BIGGEST_ID))


class RowsFilter(django_filters.ModelMultipleChoiceFilter):
    field_class = RowsField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shape = {"type": "string"} if "to_field_name" in kwargs else _ID
        extend_schema_field({**shape, "description": kwargs.get("label")})(self)


class WholeNumberFilter(django_filters.Filter):
    """A whole number that a database can hold. ``NumberFilter`` would compute 1e999999999 first."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"min_value": 0, "max_value": BIGGEST_ID, **kwargs})
        extend_schema_field({**_ID, "description": kwargs.get("label")})(self)


class TrueFalseField(forms.Field):
    """``true`` or ``false``. Django's own takes any other word for no answer."""

    widget = forms.Select(choices=[("", "Any"), ("true", "Yes"), ("false", "No")])

    def to_python(self, value: Any) -> bool | None:
        word = str(value or "").lower()
        if word not in _TRUE_FALSE:
            raise ValidationError("Write true or false.", code="invalid")
        return _TRUE_FALSE[word]


_TRUE_FALSE = {"": None, "true": True, "1": True, "false": False, "0": False}


class TrueFalseFilter(django_filters.BooleanFilter):
    field_class = TrueFalseField
