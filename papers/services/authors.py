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


def may_bring_news(byline: Sequence[AuthorName], authors: Sequence[Author]) -> bool:
    """Whether a name has an identifier that its author has not; a register can tell whether it is
    free to take.
    """
    return any(
        (identity.orcid or author.orcid) != author.orcid
        or (identity.semantic_scholar_id or author.semantic_scholar_id)
        != author.semantic_scholar_id
        for identity, author in zip(identities_of(byline), authors, strict=True)
    )


def edited_authors(author_ids: Iterable[int]) -> set[int]:
    """Those of these authors (ids) that a person has edited; they stay as they are."""
    rows = Author.history.filter(id__in=author_ids, history_user__isnull=False)
    return set(rows.values_list("id", flat=True))


class AuthorRegister:
    """Gives every name of a batch of papers its author; ``save`` stores what is new."""

    def __init__(
        self, bylines: Iterable[Sequence[AuthorName]], *, authors: Iterable[Author] = ()
    ) -> None:
        """``authors`` are those that the papers have already."""
        names = [name for byline in bylines for name in byline]
        self._free_ids = iter(allocate_ids(Author, len(names)))
        self._new: dict[int, AuthorName] = {}
        self._by_orcid: dict[str, int] = {}
        self._by_s2_id: dict[str, int] = {}
        self._identities: dict[int, Identity] = {}
        self._gained: dict[int, Identity] = {}
        self._shown: dict[int, AuthorName] = {}
        self._renamed: set[int] = set()
        self._load(
            {name.orcid for name in names if name.orcid},
            {name.semantic_scholar_id for name in names if name.semantic_scholar_id},
        )
        for author in authors:
            self._learn(author.pk, Identity(author.orcid, author.semantic_scholar_id))

    def _load(self, orcids: set[str], s2_ids: set[str]) -> None:
        if not orcids and not s2_ids:
            return
        known = Author.objects.filter(Q(orcid__in=orcids) | Q(semantic_scholar_id__in=s2_ids))
        rows = known.values_list("pk", "orcid", "semantic_scholar_id", "name", "family", "given")
        for pk, orcid, s2_id, name, family, given in rows:
            self._learn(pk, Identity(orcid, s2_id))
            self._shown[pk] = AuthorName(name, family, given)

    def _learn(self, author_id: int, identity: Identity) -> None:
        self._identities[author_id] = identity
        if identity.orcid:
            self._by_orcid[identity.orcid] = author_id
        if identity.semantic_scholar_id:
            self._by_s2_id[identity.semantic_scholar_id] = author_id

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
            self._gain(known, identity)
            return known
        author_id = before.get(name.name)
        if author_id is None:
            author_id = next(self._free_ids)
            self._new[author_id] = name
            self._learn(author_id, identity)
        else:
            self._gain(author_id, identity)
        if orcid or s2_id:
            self._shown[author_id] = name
        return author_id

    def _gain(self, author_id: int, identity: Identity) -> None:
        """Let an author have the identifiers that are nobody's, of the kinds that it lacks."""
        has = self._identities.get(author_id, _NOBODY)
        free = Identity(
            identity.orcid if identity.orcid not in self._by_orcid else None,
            identity.semantic_scholar_id
            if identity.semantic_scholar_id not in self._by_s2_id
            else None,
        )
        whole = Identity(
            has.orcid or free.orcid, has.semantic_scholar_id or free.semantic_scholar_id
        )
        if whole != has:
            self._learn(author_id, whole)
            if author_id not in self._new:
                self._gained[author_id] = whole

    @property
    def has_gains(self) -> bool:
        """Whether a known author has gained an identifier."""
        return bool(self._gained)

    def _show_fullest(self, author_id: int, name: AuthorName) -> None:
        """One person of many names is shown under the fullest, whichever came first."""
        if _fullness(name) > _fullness(self._shown[author_id]):
            self._shown[author_id] = name
            self._renamed.add(author_id)

    def save(self) -> None:
        """Store the authors that were new, and the identifiers that known ones gained."""
        new = [
            (
                author_id, name.name[:500], (name.family or "")[:500], (name.given or "")[:500],
                name.is_collective, *self._identities[author_id],
            )
            for author_id, name in self._new.items()
        ]  # fmt: skip
        insert_rows(Author, _COLUMNS, new)
        for author in Author.objects.filter(pk__in=self._gained):
            author.orcid, author.semantic_scholar_id = self._gained[author.pk]
            author.save(update_fields=["orcid", "semantic_scholar_id"])
        for author_id in self._renamed - edited_authors(self._renamed):
            name = self._shown[author_id]
            Author.objects.filter(pk=author_id).update(
                name=name.name[:500],
                family=(name.family or "")[:500],
                given=(name.given or "")[:500],
            )
        self._new, self._gained, self._renamed = {}, {}, set()


def _fullness(name: AuthorName) -> tuple[bool, int, str]:
    """Sorts names: those whose source keeps family and given name apart, then the longer given."""
    is_parted = bool(name.family and name.given) and name.name.startswith(f"{name.family},")
    return is_parted, len(name.given or ""), name.name
