"""The track record over the API."""

from __future__ import annotations

from rest_framework import serializers


class ProportionSerializer(serializers.Serializer):
    """`count` of `of`, as a share with its 95 % interval after Wilson; null where it is of nothing."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    count = serializers.IntegerField()
    of = serializers.IntegerField()


class FiguresSerializer(serializers.Serializer):
    precision = ProportionSerializer(
        help_text="Of people's first words on proposals from 0.5 on, how many confirm."
    )
    recall = ProportionSerializer(
        help_text="Of their confirming words on papers that had been read, how many were proposed."
    )
    weak = ProportionSerializer(
        help_text="Of their first words on weaker proposals, how many confirm."
    )


class SubjectRecordSerializer(FiguresSerializer):
    subject = serializers.CharField(
        help_text="The slug of a main class, or `sub_class`, `regimen`, `setting`, `study_design`."
    )
    name = serializers.CharField()
    words = serializers.IntegerField()
    unread = serializers.IntegerField(
        help_text="Said before the machine had read the paper; they count for nothing."
    )


class RuleRecordSerializer(FiguresSerializer):
    subject = serializers.CharField(allow_null=True, help_text="null: of all subjects together.")
    rule = serializers.CharField()
    rule_version = serializers.CharField()


class ClassLearntSerializer(serializers.Serializer):
    therapy_class = serializers.CharField()
    confirmed = serializers.IntegerField()
    rejected = serializers.IntegerField()
    missing = serializers.CharField(
        help_text="What is needed before the class can be learnt; empty when nothing is."
    )
    threshold = serializers.FloatField(
        allow_null=True, help_text="It proposes from this score on; null: it does not."
    )
    tested_precision = ProportionSerializer(allow_null=True, help_text="Cross-validated.")
    tested_recall = ProportionSerializer(allow_null=True, help_text="Cross-validated.")
    tested_precision_where_silent = ProportionSerializer(
        allow_null=True, help_text="Cross-validated, on papers on which the rules are silent."
    )
    precision = ProportionSerializer(help_text="Of people's words on its proposals since.")
    recall = ProportionSerializer(
        help_text="Of what people confirmed in the rules' silence since it knew the class."
    )


class ClassifierRecordSerializer(serializers.Serializer):
    version = serializers.CharField(allow_null=True)
    trained_at = serializers.DateTimeField(allow_null=True)
    papers = serializers.IntegerField()
    classes = ClassLearntSerializer(many=True)


class AgreementSerializer(serializers.Serializer):
    judged = serializers.IntegerField(help_text="Pairs of words of two people on one thing.")
    observed = ProportionSerializer(help_text="How many of them are the same.")
    kappa = serializers.FloatField(allow_null=True, help_text="Cohen's.")
    kappa_low = serializers.FloatField(allow_null=True)
    kappa_high = serializers.FloatField(allow_null=True)
    why_no_kappa = serializers.CharField(help_text="Empty where there is one.")


class ClassAgreementSerializer(AgreementSerializer):
    therapy_class = serializers.CharField()


class PairAgreementSerializer(AgreementSerializer):
    people = serializers.ListField(child=serializers.CharField(), min_length=2, max_length=2)


class CuratorsSerializer(serializers.Serializer):
    papers = serializers.IntegerField(help_text="Judged by at least two people.")
    overall = AgreementSerializer()
    classes = ClassAgreementSerializer(many=True)
    pairs = PairAgreementSerializer(many=True)


class TrackRecordSerializer(serializers.Serializer):
    """How often the machine was right when a person decided, and how far people agree."""

    subjects = SubjectRecordSerializer(many=True)
    rules = RuleRecordSerializer(many=True)
    classifier = ClassifierRecordSerializer()
    disagreements = serializers.IntegerField()
    curators = CuratorsSerializer()
