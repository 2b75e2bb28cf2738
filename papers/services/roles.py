"""Keeps the groups in step with the table of roles, and gives roles to people."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.db.models import Q

from papers.roles import PERMISSIONS, STAFF_ROLES


def sync_roles(**_signal: Any) -> None:
    """Create the four groups and set their permissions to the table; idempotent.

    Runs after ``migrate``, because Django itself makes the permissions only then.
    """
    wanted = set().union(*PERMISSIONS.values())
    ids = _permission_ids(wanted)
    for role, names in PERMISSIONS.items():
        group, _ = Group.objects.get_or_create(name=role)
        group.permissions.set([ids[name] for name in names if name in ids])


def _permission_ids(names: set[str]) -> dict[str, int]:
    query = Q()
    for name in names:
        app, codename = name.split(".")
        query |= Q(content_type__app_label=app, codename=codename)
    return {
        f"{app}.{codename}": pk
        for pk, app, codename in Permission.objects.filter(query).values_list(
            "pk", "content_type__app_label", "codename"
        )
    }


@transaction.atomic
def give_role(*, user: User, role: str) -> None:
    """Make ``role`` the one role of ``user``; "" takes the role away.

    Raises KeyError for a role that does not exist.
    """
    if role and role not in PERMISSIONS:
        raise KeyError(f"{role!r} is no role; there are {', '.join(PERMISSIONS)}")
    user.groups.remove(*Group.objects.filter(name__in=PERMISSIONS))
    if role:
        user.groups.add(Group.objects.get(name=role))
    user.is_staff = role in STAFF_ROLES or user.is_superuser
    user.save(update_fields=["is_staff"])
