"""Who an author is: one person where an ORCID or a source's author id says so, else a new one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db.models import Q

from papers.models import Author
from papers.records import AuthorName
from papers.services.bulk import allocate_ids, insert_rows

_COLUMNS = ("id", "name", "family", "given", "is_collective", "orcid", "semantic_scholar_id")


class Identity(NamedTuple):
    """What can make two names one person."""

    orcid: str | None
    semantic_scholar_id: str | None


_NOBODY = Identity(None, None)


def identities_of(byline: Sequence[AuthorName]) -> list[Identity]:
    """The usable identifiers of one paper's names, in order.

    One that stands twice on a paper is somebody's slip, and nobody can tell whose.
    """
    if not any(name.orcid or name.semantic_scholar_id for name in byline):
        return [_NOBODY] * len(byline)
    said = [Identity(name.orcid, _short(name.semantic_scholar_id)) for name in byline]
    orcids = Counter(identity.orcid for identity in said)
    s2_ids = Counter(identity.semantic_scholar_id for identity in said)
    return [
        Identity(
            identity.orcid if orcids[identity.orcid] == 1 else None,
            identity.semantic_scholar_id if s2_ids[identity.semantic_scholar_id] == 1 else None,
        )
        for identity in said
    ]


def _short(author_id: str | None) -> str | None:
    """An id that has room in its column; a longer one is none, and half of it is another's."""
    return author_id if author_id and len(author_id) <= 20 else None


class AuthorRegister:
    """Gives every name of a batch of papers its author; ``save`` stores what is new."""

    def __init__(self, bylines: Iterable[Sequence[AuthorName]]) -> None:
        names = [name for byline in bylines for name in byline]
        self._free_ids = iter(allocate_ids(Author, len(names)))
        self._new: list[tuple[object, ...]] = []
        self._by_orcid: dict[str, int] = {}
        self._by_s2_id: dict[str, int] = {}
        self._gained: dict[int, Identity] = {}
        self._shown: dict[int, AuthorName] = {}
        self._renamed: set[int] = set()
        self._load(
            {name.orcid for name in names if name.orcid},
            {name.semantic_scholar_id for name in names if name.semantic_scholar_id},
        )

    def _load(self, orcids: set[str], s2_ids: set[str]) -> None:
        if not orcids and not s2_ids:
            return
        known = Author.objects.filter(Q(orcid__in=orcids) | Q(semantic_scholar_id__in=s2_ids))
        rows = known.values_list("pk", "orcid", "semantic_scholar_id", "name", "family", "given")
        for pk, orcid, s2_id, name, family, given in rows:
            self._learn(pk, Identity(orcid, s2_id))
            self._shown[pk] = AuthorName(name, family, given)

    def _learn(self, author_id: int, identity: Identity) -> None:
        if identity.orcid:
            self._by_orcid.setdefault(identity.orcid, author_id)
        if identity.semantic_scholar_id:
            self._by_s2_id.setdefault(identity.semantic_scholar_id, author_id)

    def ids_of(
        self, byline: Sequence[AuthorName], before: Mapping[str, int] | None = None
    ) -> list[int]:
        """The author ids of one paper's names, in order.

        ``before`` has the authors that the paper had, by printed name: the same name on the same
        paper is the same person, who may gain an identifier now.
        """
        pairs = zip(byline, identities_of(byline), strict=True)
        return [self._id_of(name, identity, before or {}) for name, identity in pairs]

    def _id_of(self, name: AuthorName, identity: Identity, before: Mapping[str, int]) -> int:
        orcid, s2_id = identity
        known = self._by_orcid.get(orcid or "") or self._by_s2_id.get(s2_id or "")
        if known:
            self._show_fullest(known, name)
            return known
        author_id = before.get(name.name)
        if author_id is None:
            author_id = next(self._free_ids)
            self._new.append((
                author_id, name.name[:500], (name.family or "")[:500], (name.given or "")[:500],
                name.is_collective, orcid, s2_id,
            ))  # fmt: skip
        elif orcid or s2_id:
            self._gained[author_id] = identity
        self._learn(author_id, identity)
        if orcid or s2_id:
            self._shown[author_id] = name
        return author_id

    def _show_fullest(self, author_id: int, name: AuthorName) -> None:
        """One person of many names is shown under the fullest, whichever came first."""
        if _fullness(name) > _fullness(self._shown[author_id]):
            self._shown[author_id] = name
            self._renamed.add(author_id)

    def save(self) -> None:
        """Store the authors that were new, and the identifiers that known ones gained."""
        insert_rows(Author, _COLUMNS, self._new)
        for author in Author.objects.filter(pk__in=self._gained):
            gained = self._gained[author.pk]
            author.orcid = author.orcid or gained.orcid
            author.semantic_scholar_id = author.semantic_scholar_id or gained.semantic_scholar_id
            author.save(update_fields=["orcid", "semantic_scholar_id"])
        edited = Author.history.filter(id__in=self._renamed, history_user__isnull=False)
        for author_id in self._renamed - set(edited.values_list("id", flat=True)):
            name = self._shown[author_id]
            Author.objects.filter(pk=author_id).update(
                name=name.name[:500],
                family=(name.family or "")[:500],
                given=(name.given or "")[:500],
            )
        self._new, self._gained, self._renamed = [], {}, set()


def _fullness(name: AuthorName) -> tuple[bool, int, str]:
    """Sorts names: those whose source keeps family and given name apart, then the longer given."""
    is_parted = bool(name.family and name.given) and name.name.startswith(f"{name.family},")
    return is_parted, len(name.given or ""), name.name
