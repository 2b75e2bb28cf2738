"""Questions that the vocabulary's tables answer."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, Self

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q

from regimens import components


def _in_subtree(slug: str, path: str) -> Q:
    """The class of that slug at ``path``, or one of its sub-classes."""
    return Q(**{f"{path}__slug": slug}) | Q(**{f"{path}__parent__slug": slug})


def _any(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions, Q(pk__in=()))


class TermQuerySet(models.QuerySet[Any]):
    def named_like(self, text: str) -> Self:
        return self.filter(Q(name__icontains=text) | Q(slug__icontains=text))


class TreeQuerySet(TermQuerySet):
    """Terms of two levels."""

    def main(self) -> Self:
        """Those of the first level."""
        return self.filter(parent=None)

    def for_reading(self) -> Self:
        """With everything that pages and API show of a term."""
        return self.select_related("parent").prefetch_related("children")


class TherapyClassQuerySet(TreeQuerySet):
    def with_drug_counts(self) -> TherapyClassQuerySet:
        """``drug_count``: drugs that stand directly under the class."""
        # A grouped query forgets the table's own order.
        return self.annotate(drug_count=Count("drugs")).order_by(*self.model._meta.ordering)


class DrugQuerySet(models.QuerySet[Any]):
    def for_reading(self) -> DrugQuerySet:
        """With everything that pages and API show of a drug."""
        return self.select_related("therapy_class__parent").prefetch_related("synonyms")

    def with_regimen_counts(self) -> DrugQuerySet:
        """``regimen_count``: regimens in which it plays any role."""
        # A grouped query forgets the table's own order.
        count = Count("components__phase__regimen", distinct=True)
        return self.annotate(regimen_count=count).order_by(*self.model._meta.ordering)

    def in_class(self, *slugs: str) -> DrugQuerySet:
        """Drugs of one of those classes; of their sub-classes too."""
        return self.filter(_any(_in_subtree(slug, "therapy_class") for slug in slugs))

    def named_like(self, text: str) -> DrugQuerySet:
        """Drugs with ``text`` in their INN or in a synonym."""
        synonym = self.model._meta.get_field("synonyms").related_model
        hits = synonym.objects.filter(drug=OuterRef("pk"), name__icontains=text)
        return self.filter(Q(inn__icontains=text) | Exists(hits))


class RegimenQuerySet(models.QuerySet[Any]):
    def for_reading(self) -> RegimenQuerySet:
        """With everything that pages and API show of a regimen, its classes included."""
        return self.prefetch_related(
            "aliases",
            "trials__therapy_classes",
            "phases__components__drug__therapy_class__parent",
        )

    def main_classes(self) -> dict[str, frozenset[str]]:
        """The main classes (slugs) of each regimen, by its slug."""
        return {row.slug: frozenset(row.classes.main) for row in self.for_reading()}

    def in_class(self, *slugs: str) -> RegimenQuerySet:
        """Regimens whose computed classes (``components.class_rollup``) hold one of those."""
        return self.filter(Exists(self._components().filter(_any(map(_gives, slugs)))))

    def with_drug(self, *slugs: str) -> RegimenQuerySet:
        """Regimens in which one of those drugs plays any role."""
        return self.filter(Exists(self._components().filter(drug__slug__in=slugs)))

    def named_like(self, text: str) -> RegimenQuerySet:
        """Regimens with ``text`` in their name or in an alias."""
        alias = self.model._meta.get_field("aliases").related_model
        hits = alias.objects.filter(regimen=OuterRef("pk"), name__icontains=text)
        return self.filter(Q(name__icontains=text) | Exists(hits))

    def _components(self) -> models.QuerySet[Any]:
        phase = self.model._meta.get_field("phases").related_model
        component = phase._meta.get_field("components").related_model
        components: models.QuerySet[Any] = component.objects.filter(phase__regimen=OuterRef("pk"))
        return components


def _gives(slug: str) -> Q:
    """Components that give their regimen the class of that slug: class_rollup as a query."""
    counts = ~Q(role__in=components.UNCOUNTED_ROLES)
    is_chemotherapy = _in_subtree(components.CHEMOTHERAPY, "drug__therapy_class")
    is_high_dose = is_chemotherapy & Q(role=components.CONDITIONING)
    is_maintenance = (
        is_chemotherapy
        & ~Q(role=components.CONDITIONING)
        & (Q(role=components.MAINTENANCE) | Q(phase__kind=components.MAINTENANCE))
    )
    if slug == components.HIGH_DOSE:
        return counts & is_high_dose
    if slug == components.MAINTENANCE_CHEMOTHERAPY:
        return counts & is_maintenance
    if slug in components.MAIN_CLASSES:
        return counts & _in_subtree(slug, "drug__therapy_class")
    return counts & Q(drug__therapy_class__slug=slug) & ~is_high_dose & ~is_maintenance
