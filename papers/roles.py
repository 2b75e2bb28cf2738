"""The four roles of the house and what each may do.

A role is a Django group. Each role may do what the one before it may, and more. Permissions are
Django's ``app.action_model``; views, API and admin all ask for these and for nothing else.
"""

from __future__ import annotations

READER, CURATOR, EDITOR, ADMINISTRATOR = "reader", "curator", "editor", "administrator"

_READ = {
    "papers": ("paper", "author", "authorship", "journal", "journalmetric", "sourcerecord",
               "publicationtype", "relation", "tag", "change", "correction", "import", "search",
               "pull", "candidate", "suggestion"),
    "regimens": ("therapyclass", "drug", "drugsynonym", "regimen", "regimenalias", "phase",
                 "component", "trial", "setting", "studydesign"),
}  # fmt: skip
_EDITED = {
    "papers": ("author", "journal", "journalmetric"),
    "regimens": _READ["regimens"],
}


def _named(action: str, models: dict[str, tuple[str, ...]]) -> set[str]:
    return {f"{app}.{action}_{model}" for app, names in models.items() for model in names}


_reader = _named("view", _READ)
_curator = _reader | {
    "papers.add_tag",
    "papers.change_tag",
    "papers.add_import",
    "papers.change_import",
    "papers.view_rejectedpiece",
    "papers.add_search",
    "papers.change_search",
    "papers.delete_search",
    "papers.add_pull",
    "papers.change_pull",
    "papers.change_candidate",
}
_editor = (
    _curator
    | _named("add", _EDITED)
    | _named("change", _EDITED)
    | {"papers.change_paper", "papers.add_correction", "papers.delete_correction"}
    | {
        f"regimens.delete_{model}"
        for model in ("drugsynonym", "regimenalias", "phase", "component")
    }
)
_administrator = _editor | {
    f"{app}.{action}_{model}"
    for app, model in (("auth", "user"), ("auth", "group"), ("knox", "authtoken"))
    for action in ("view", "add", "change", "delete")
}
_administrator |= {"mfa.view_authenticator", "mfa.delete_authenticator"}

PERMISSIONS: dict[str, frozenset[str]] = {
    READER: frozenset(_reader),
    CURATOR: frozenset(_curator),
    EDITOR: frozenset(_editor),
    ADMINISTRATOR: frozenset(_administrator),
}

STAFF_ROLES = frozenset((EDITOR, ADMINISTRATOR))
"""Roles that may open the admin panel."""
