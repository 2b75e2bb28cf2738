"""People, their roles, keys and second factors.

A person has one of the four roles, and what a role may do is a table (``papers.roles``): so the
panel offers the role and no loose permissions, with which one could raise oneself. Accounts are
closed, never deleted, because the history names them.
"""

from __future__ import annotations

from typing import Any

import allauth.mfa.admin  # noqa: F401 (registers its own pages, which ours replace)
import django_celery_beat.admin  # noqa: F401 (registers what is taken back below)
import knox.admin  # noqa: F401 (likewise)
from allauth.account.decorators import secure_admin_login
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import AbstractUser, Group, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from knox.models import AuthToken

from papers.admin.read_only import ReadOnly
from papers.roles import PERMISSIONS, READER
from papers.services.roles import give_role

for model in (User, Group, AuthToken, Authenticator):
    admin.site.unregister(model)

# The panel's own sign-in knows no second factor.
admin.site.login = secure_admin_login(admin.site.login)

ROLES = [(role, role.capitalize()) for role in PERMISSIONS]


def role_of(person: AbstractUser) -> str:
    """The person's role, or "" for one who has none; groups must be at hand."""
    return next((group.name for group in person.groups.all() if group.name in PERMISSIONS), "")


class NewPersonForm(AdminUserCreationForm):
    role = forms.ChoiceField(choices=ROLES, initial=READER)


class PersonForm(UserChangeForm):
    role = forms.ChoiceField(choices=[("", "No role: may do nothing"), *ROLES], required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "role" in self.fields:
            self.fields["role"].initial = role_of(self.instance)


@admin.register(User)
class PersonAdmin(auth_admin.UserAdmin):
    form = PersonForm
    add_form = NewPersonForm
    list_display = (
        "username",
        "first_name",
        "last_name",
        "email",
        "role",
        "is_active",
        "last_login",
    )
    list_filter = ("groups", "is_active", "is_superuser", "last_login")
    search_fields = ("username", "first_name", "last_name", "email")
    search_help_text = "User name, name or e-mail"
    filter_horizontal = ()
    readonly_fields = ("is_superuser", "last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Access", {
            "fields": ("role", "is_active", "is_superuser"),
            "description": "To close an account, take “Active” away: its keys stop working, "
            "its work and its name in the history stay.",
        }),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )  # fmt: skip
    add_fieldsets = (
        (None, {"classes": ("wide",),
                "fields": ("username", "usable_password", "password1", "password2", "role")}),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description="role", ordering="groups__name")
    def role(self, person: User) -> str:
        return role_of(person).capitalize() or "none"

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Only a superuser changes a superuser, whose password would be everybody's way up."""
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change or "role" in form.changed_data:
            give_role(user=form.instance, role=form.cleaned_data["role"])


@admin.register(Group)
class RoleAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("name", "permission_count")
    fields = ("name", "permissions")
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return super().get_queryset(request).prefetch_related("permissions__content_type")

    @admin.display(description="permissions")
    def permission_count(self, role: Group) -> int:
        return len(role.permissions.all())


@admin.register(AuthToken)
class TokenAdmin(admin.ModelAdmin):
    """Keys are made by their owners, who see them once; here they are revoked."""

    list_display = ("token_key", "user", "created", "expiry")
    list_select_related = ("user",)
    list_filter = ("created", "user")
    search_fields = ("token_key", "user__username")
    search_help_text = "Beginning of the key, or user name"
    fields = readonly_fields = ("token_key", "user", "created", "expiry")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Authenticator)
class SecondFactorAdmin(admin.ModelAdmin):
    """Deleted for someone who lost a phone. Its secret is shown to nobody."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    list_filter = ("type", "created_at")
    search_fields = ("user__username",)
    fields = readonly_fields = ("user", "type", "created_at", "last_used_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


# The house's own timetable is in the settings, and that of a search on the search. Rows of the
# scheduler that somebody changed here would be written over at its next start.
for model in (ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule):
    admin.site.unregister(model)
