"""What the bulk desk shows and takes: undecided proposals, narrowed by what they say and by their
papers, and a yes or no to many of them.

The papers are those that the library's own filter finds with the same parameters, so an address of
the library leads to the proposals for its papers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import F, Q, QuerySet
from django.http import QueryDict

from papers.filters import PaperFilter
from papers.forms import target_choices
from papers.models import Paper, Suggestion
from papers.records import TARGETS
from papers.services.tagging import MOST_AT_ONCE
from papers.strength import STRENGTHS
from regimens.parameters import can_be_id
from regimens.proposals import WORTH_A_PRESS

ORDERS: dict[str, tuple[str, Sequence[Any]]] = {
    "strongest": ("Strongest first", ["-score", "-paper", "id"]),
    "newest": (
        "Newest papers first",
        [F("paper__year").desc(nulls_last=True), "-paper", "-score", "id"],
    ),
    "rule": ("By rule", ["rule", "-score", "-paper", "id"]),
}
"""order parameter -> (its name in the menu, what the database sorts by)."""

OWN = ("proposed", "min_score", "rule", "order")
"""The bulk desk's own parameters; all others are the library's."""


class ProposedField(forms.ChoiceField):
    """A kind of target ("class") or one target ("class:car_t"); cleans to a condition."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=proposed_choices, **kwargs)
        self.error_messages["invalid_choice"] = (
            "There is no such therapy class, regimen, setting or study design."
        )

    def clean(self, value: Any) -> Q:
        word, _, slug = super().clean(value).partition(":")
        if not word:
            return Q()
        field = next(field for field in TARGETS if TARGETS[field] == word)
        return Q(**{f"{field}__slug": slug}) if slug else Q(**{f"{field}__isnull": False})


def proposed_choices() -> list[tuple[str, Any]]:
    """Anything, anything of a kind, or one target as in the library's menu."""
    kinds = [(word, f"Any {word}") for word in TARGETS.values()]
    return [("", "Anything"), ("Of a kind", kinds), *target_choices()[1:]]


class ProposalForm(forms.Form):
    """Which proposals to show, apart from the filter of their papers."""

    proposed = ProposedField(label="Proposed", required=False)
    min_score = forms.FloatField(
        label="At least",
        required=False,
        min_value=0,
        max_value=1,
        error_messages={"invalid": "Give a number from 0 to 1, such as 0.8."},
    )
    rule = forms.CharField(label="Rule", required=False, max_length=80)
    order = forms.ChoiceField(
        label="Order",
        required=False,
        choices=[(name, label) for name, (label, _) in ORDERS.items()],
    )

    def clean_min_score(self) -> float:
        given = self.cleaned_data["min_score"]
        return WORTH_A_PRESS if given is None else given

    def clean_order(self) -> str:
        return self.cleaned_data["order"] or next(iter(ORDERS))


def strength_choices(chosen: float) -> list[tuple[str, str]]:
    """The words with their numbers, and the number of an address that has no word."""
    choices = [(f"{least:g}", f"{word} ({least:.2f}+)") for word, least in STRENGTHS]
    if f"{chosen:g}" not in dict(choices):
        choices.append((f"{chosen:g}", f"{chosen:.2f}+"))
    return choices


class ProposalFilter:
    """The undecided proposals that an address of the bulk desk means."""

    def __init__(self, data: QueryDict) -> None:
        self.form = ProposalForm(data)
        self.papers = PaperFilter(data, queryset=Paper.objects.all())

    @property
    def errors(self) -> dict[str, Any]:
        return {**self.papers.errors, **self.form.errors}

    def is_valid(self) -> bool:
        return not self.errors

    @property
    def narrows_papers(self) -> bool:
        return any(name in self.papers.filters for name in self.papers.data if name != "ordering")

    @property
    def found(self) -> QuerySet[Suggestion]:
        """In the order that is asked for. Valid filters only."""
        asked = self.form.cleaned_data
        found = Suggestion.objects.filter(asked["proposed"], score__gte=asked["min_score"])
        if asked["rule"]:
            found = found.filter(rule=asked["rule"])
        if self.narrows_papers:
            found = found.filter(paper__in=self.papers.qs.order_by().values("pk"))
        return found.undecided().order_by(*ORDERS[asked["order"]][1])


class DecisionsForm(forms.Form):
    """A yes or no to proposals: those that are ticked, or all that an address of the bulk desk finds."""

    state = forms.ChoiceField(choices=[("confirmed", "Confirm"), ("rejected", "Reject")])
    suggestions = forms.TypedMultipleChoiceField(
        coerce=int,
        required=False,
        error_messages={"invalid_choice": "“%(value).20s” is no proposal of this library."},
    )
    every = forms.BooleanField(required=False)
    query = forms.CharField(required=False)
    note = forms.CharField(required=False, max_length=2000)
    seen = forms.CharField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["suggestions"].valid_value = can_be_id

    def clean(self) -> dict[str, Any]:
        """Sets ``chosen``: the proposals that are meant and that the machine still makes."""
        values = super().clean() or {}
        if self.errors:
            return values
        self.chosen = self._found(values["query"]) if values["every"] else self._ticked(values)
        count = self.chosen.count()
        if not count:
            raise forms.ValidationError(
                "None of these proposals waits any more: they are decided, or the machine took "
                "them back."
            )
        if count > MOST_AT_ONCE:
            raise forms.ValidationError(
                f"These are {count:,} proposals; at most {MOST_AT_ONCE:,} are decided at once. "
                "Narrow them by year or by strength."
            )
        return values

    def _found(self, query: str) -> QuerySet[Suggestion]:
        asked = ProposalFilter(QueryDict(query))
        if not asked.is_valid():
            raise forms.ValidationError("The filter cannot be read, so nothing was chosen.")
        return asked.found

    def _ticked(self, values: dict[str, Any]) -> QuerySet[Suggestion]:
        if not values["suggestions"]:
            raise forms.ValidationError("Tick at least one proposal.")
        return Suggestion.objects.filter(pk__in=values["suggestions"])
