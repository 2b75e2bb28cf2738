"""Constraints that several tables share."""

from django.db import models


def only_one_with(field: str, model: str) -> models.UniqueConstraint:
    """An identifier is one row's. Rows without it take no room in the index."""
    return models.UniqueConstraint(
        fields=[field],
        condition=models.Q(**{f"{field}__isnull": False}),
        name=f"{model}_one_{field}",
        violation_error_message=f"Another {model} has this identifier already.",
    )
