"""Statements of curators over the API: what they said, and what they want to say."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from papers.models import Paper, Tag
from papers.serializers.strict import StrictSerializer
from papers.services.tagging import UNTAGGED, Statement
from regimens.models import Regimen, TherapyClass
from regimens.parameters import BIGGEST_ID

MOST_PAPERS = 5000
"""Papers of one bulk statement: some seconds of work."""

STANDING = [(Tag.State.CONFIRMED, "Confirmed"), (Tag.State.REJECTED, "Rejected")]
"""What can hold of a target."""

BEFORE_AND_AFTER = [*STANDING, (UNTAGGED, "Nothing said")]


class TagSerializer(serializers.ModelSerializer):
    """One statement. `is_current` false: a later one took its place."""

    therapy_class = serializers.SlugRelatedField("slug", read_only=True, allow_null=True)
    regimen = serializers.SlugRelatedField("slug", read_only=True, allow_null=True)
    by = serializers.SlugRelatedField("username", read_only=True)

    class Meta:
        model = Tag
        fields = (
            "id", "paper", "therapy_class", "regimen", "state", "note", "by", "at", "batch",
            "supersedes", "is_current", "is_undo",
        )  # fmt: skip
        read_only_fields = fields


class TargetSerializer(StrictSerializer):
    """A therapy class or a regimen, by its slug."""

    therapy_class = serializers.CharField(required=False, help_text="Slug of a class.")
    regimen = serializers.CharField(required=False, help_text="Slug of a regimen.")

    def validate_therapy_class(self, slug: str) -> TherapyClass:
        return _named(TherapyClass, "therapy class", slug)

    def validate_regimen(self, slug: str) -> Regimen:
        return _named(Regimen, "regimen", slug)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("therapy_class" in attrs) == ("regimen" in attrs):
            raise serializers.ValidationError(
                {"detail": "Name either a therapy_class or a regimen, by its slug."}
            )
        return attrs


def _named(model: Any, kind: str, slug: str) -> Any:
    known = {row.slug: row for row in model.objects.all()}
    if slug not in known:
        raise serializers.ValidationError(
            f"There is no {kind} “{slug}”. There are: {', '.join(sorted(known))}."
        )
    return known[slug]


class StatementSerializer(TargetSerializer):
    """What to state of one paper."""

    state = serializers.ChoiceField(
        Tag.State.choices, help_text="`withdrawn` takes back what was said."
    )
    note = serializers.CharField(required=False, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        target = attrs.get("therapy_class") or attrs.get("regimen")
        said = current_tag(self.context["paper"], target)
        if attrs["state"] == Tag.State.WITHDRAWN and said is None:
            raise serializers.ValidationError(
                {"state": [f"Nothing was said of {target} on this paper: nothing to withdraw."]}
            )
        return attrs

    @property
    def statement(self) -> Statement:
        given = self.validated_data
        return Statement(given.get("therapy_class") or given.get("regimen"), given["state"])


def current_tag(paper: Paper, target: TherapyClass | Regimen) -> Tag | None:
    """The statement on a paper and target that counts, a withdrawal too."""
    field = "therapy_class" if isinstance(target, TherapyClass) else "regimen"
    return Tag.objects.filter(paper=paper, is_current=True, **{field: target}).first()


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "description": "Slug of a therapy class."},
            {"$ref": "#/components/schemas/TargetRequest"},
        ]
    }
)
class TargetField(serializers.Field):
    """A target as an object, or the slug of a class alone."""

    def to_internal_value(self, data: Any) -> TherapyClass | Regimen:
        target = TargetSerializer(data={"therapy_class": data} if isinstance(data, str) else data)
        target.is_valid(raise_exception=True)
        found = target.validated_data
        return found.get("therapy_class") or found.get("regimen")


class BulkSerializer(StrictSerializer):
    """What to state of many papers. `dry_run` shows what would change and changes nothing."""

    papers = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=BIGGEST_ID),
        allow_empty=False,
        max_length=MOST_PAPERS,
    )
    add = serializers.ListField(child=TargetField(), required=False, default=list)
    remove = serializers.ListField(child=TargetField(), required=False, default=list)
    state = serializers.ChoiceField(
        STANDING,
        default=Tag.State.CONFIRMED,
        help_text="What to say of those in `add`; what was said of those in `remove` is withdrawn.",
    )
    note = serializers.CharField(required=False, allow_blank=True, default="")
    dry_run = serializers.BooleanField(default=False)

    def validate_papers(self, ids: list[int]) -> list[int]:
        known = set(Paper.objects.filter(pk__in=ids).values_list("pk", flat=True))
        unknown = [str(pk) for pk in ids if pk not in known]
        if unknown:
            raise serializers.ValidationError(f"There is no paper {', '.join(unknown[:20])}.")
        return ids

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["add"] and not attrs["remove"]:
            raise serializers.ValidationError(
                {"detail": "Name at least one class or regimen in “add” or “remove”."}
            )
        both = [str(target) for target in attrs["add"] if target in attrs["remove"]]
        if both:
            raise serializers.ValidationError(
                {"remove": [f"{', '.join(both)} cannot be added and removed at once."]}
            )
        return attrs

    @property
    def statements(self) -> list[Statement]:
        given = self.validated_data
        added = [Statement(target, given["state"]) for target in dict.fromkeys(given["add"])]
        removed = dict.fromkeys(given["remove"])
        return added + [Statement(target, Tag.State.WITHDRAWN) for target in removed]


class ChangedTagSerializer(serializers.Serializer):
    paper = serializers.IntegerField()
    therapy_class = serializers.CharField(allow_null=True)
    regimen = serializers.CharField(allow_null=True)
    before = serializers.ChoiceField(BEFORE_AND_AFTER)
    after = serializers.ChoiceField(BEFORE_AND_AFTER)


class TaggedSerializer(serializers.Serializer):
    """What a statement of many papers did or, with `dry_run`, would do."""

    dry_run = serializers.BooleanField()
    batch = serializers.UUIDField(
        allow_null=True, help_text="Names the act for undo; null when nothing changed."
    )
    papers = serializers.IntegerField(help_text="Papers on which something changes.")
    changed = serializers.IntegerField(help_text="Statements that change.")
    unchanged = serializers.IntegerField(help_text="Statements that hold already.")
    changes = ChangedTagSerializer(many=True)


class UndoSerializer(StrictSerializer):
    """Which of one's own acts to undo; without `batch` the last one."""

    batch = serializers.UUIDField(required=False)
