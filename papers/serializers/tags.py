"""Statements of curators over the API: what they said, and what they want to say."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from papers.models import Paper, Tag, Target
from papers.models.tag import MODELS, called, field_of
from papers.records import TARGETS
from papers.serializers.strict import NoteField, StrictSerializer
from papers.services.tagging import UNTAGGED, Statement
from regimens.parameters import BIGGEST_ID

MOST_PAPERS = 5000
"""Papers of one bulk statement: some seconds of work."""

MOST_TARGETS = 200
"""Targets of one bulk statement; a review has some hundred."""

STANDING = [(Tag.State.CONFIRMED, "Confirmed"), (Tag.State.REJECTED, "Rejected")]
"""What can hold of a target."""

BEFORE_AND_AFTER = [*STANDING, (UNTAGGED, "Nothing said")]


class TagSerializer(serializers.ModelSerializer):
    """One statement. `is_current` false: a later one took its place."""

    therapy_class = serializers.SlugRelatedField("slug", read_only=True, allow_null=True)
    regimen = serializers.SlugRelatedField("slug", read_only=True, allow_null=True)
    setting = serializers.SlugRelatedField("slug", read_only=True, allow_null=True)
    study_design = serializers.SlugRelatedField("slug", read_only=True, allow_null=True)
    by = serializers.SlugRelatedField("username", read_only=True)

    class Meta:
        model = Tag
        fields = (
            "id", "paper", *TARGETS, "state", "note", "by", "at", "batch", "supersedes",
            "is_current", "is_undo",
        )  # fmt: skip
        read_only_fields = fields


class RowField(serializers.CharField):
    """The slug of a row of the vocabulary; gives the row."""

    def run_validation(self, data: Any = serializers.empty) -> Target:
        return _named(MODELS[self.field_name], super().run_validation(data))


def _named(model: type[Any], slug: str) -> Any:
    if row := model.objects.filter(slug=slug).first():
        return row
    known = model.objects.order_by("slug").values_list("slug", flat=True)
    raise serializers.ValidationError(
        f"There is no {model._meta.verbose_name} “{slug}”. There are: {', '.join(known)}."
    )


class TargetSerializer(StrictSerializer):
    """A therapy class, a regimen, a setting or a study design, by its slug."""

    therapy_class = RowField(required=False, help_text="Slug of a class.")
    regimen = RowField(required=False, help_text="Slug of a regimen.")
    setting = RowField(required=False, help_text="Slug of a setting.")
    study_design = RowField(required=False, help_text="Slug of a study design.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Sets ``target``, the one row that is named."""
        named = [attrs[field] for field in TARGETS if field in attrs]
        if len(named) != 1:
            raise serializers.ValidationError(
                {"detail": f"Name one of {', '.join(TARGETS)}, and only one, by its slug."}
            )
        return {**attrs, "target": named[0]}


class StatementSerializer(TargetSerializer):
    """What to state of one paper."""

    state = serializers.ChoiceField(
        Tag.State.choices, help_text="`withdrawn` takes back what was said."
    )
    note = NoteField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        target = attrs["target"]
        said = current_tag(self.context["paper"], target)
        if attrs["state"] == Tag.State.WITHDRAWN and said is None:
            raise serializers.ValidationError(
                {
                    "state": [
                        f"Nothing was said of {called(target)} on this paper: nothing to withdraw."
                    ]
                }
            )
        return attrs

    @property
    def statement(self) -> Statement:
        given = self.validated_data
        return Statement(given["target"], given["state"])


def current_tag(paper: Paper, target: Target) -> Tag | None:
    """The statement on a paper and target that counts, a withdrawal too."""
    on_target = {field_of(target): target}
    return Tag.objects.filter(paper=paper, is_current=True, **on_target).first()


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

    def to_internal_value(self, data: Any) -> Target:
        target = TargetSerializer(data={"therapy_class": data} if isinstance(data, str) else data)
        target.is_valid(raise_exception=True)
        return target.validated_data["target"]


class BulkSerializer(StrictSerializer):
    """What to state of many papers. `dry_run` shows what would change and changes nothing."""

    papers = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=BIGGEST_ID),
        allow_empty=False,
        max_length=MOST_PAPERS,
    )
    add = serializers.ListField(
        child=TargetField(), required=False, default=list, max_length=MOST_TARGETS
    )
    remove = serializers.ListField(
        child=TargetField(), required=False, default=list, max_length=MOST_TARGETS
    )
    state = serializers.ChoiceField(
        STANDING,
        default=Tag.State.CONFIRMED,
        help_text="What to say of those in `add`; what was said of those in `remove` is withdrawn.",
    )
    note = NoteField()
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
                {
                    "detail": "Name at least one class, regimen, setting or design in “add” or “remove”."
                }
            )
        both = [called(target) for target in attrs["add"] if target in attrs["remove"]]
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
    setting = serializers.CharField(allow_null=True)
    study_design = serializers.CharField(allow_null=True)
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
