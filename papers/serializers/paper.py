"""A paper over the API. ``papers.services.paper_json`` makes the values; the shape is declared here."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from papers.models import Paper
from papers.records import Source
from papers.serializers.suggestions import PaperSuggestionSerializer
from papers.serializers.tags import STANDING
from papers.services.paper_json import paper_json


def words(**kwargs: Any) -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(), **kwargs)


class SectionSerializer(serializers.Serializer):
    label = serializers.CharField(allow_null=True)
    text = serializers.CharField()
    html = serializers.CharField(
        required=False, help_text="The text with its superscripts and the like, where it has any."
    )


class MetricSerializer(serializers.Serializer):
    """What a ranking said of the journal in one year; `year` is null where none was given."""

    year = serializers.IntegerField(allow_null=True)
    impact_factor = serializers.FloatField(allow_null=True)
    jcr_quartile = serializers.CharField(allow_null=True)
    jcr_category = serializers.CharField(allow_null=True)
    cas_zone = serializers.IntegerField(allow_null=True)
    cas_category = serializers.CharField(allow_null=True)


class PaperJournalSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    iso_abbreviation = serializers.CharField(allow_blank=True)
    issn = serializers.CharField(
        allow_null=True, help_text="The electronic edition's, else the print's, else ISSN-L."
    )
    issn_linking = serializers.CharField(allow_null=True)
    issn_print = serializers.CharField(allow_null=True)
    issn_electronic = serializers.CharField(allow_null=True)
    nlm_id = serializers.CharField(allow_null=True)
    publisher = serializers.CharField(allow_blank=True)
    country = serializers.CharField(allow_blank=True)
    metrics = MetricSerializer(many=True)


class BookSerializer(serializers.Serializer):
    """The book that a chapter stands in."""

    title = serializers.CharField(allow_null=True)
    publisher = serializers.CharField(allow_null=True)
    place = serializers.CharField(allow_null=True)
    isbns = words()
    accession = serializers.CharField(allow_null=True)
    editors = words()
    publication_date = serializers.CharField(allow_null=True)


class PaperAuthorSerializer(serializers.Serializer):
    """A name as the paper prints it; `id`, `orcid` are those of the person behind it."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    family = serializers.CharField(allow_blank=True)
    given = serializers.CharField(allow_blank=True)
    initials = serializers.CharField(allow_blank=True)
    suffix = serializers.CharField(allow_blank=True)
    orcid = serializers.CharField(allow_null=True)
    semantic_scholar_id = serializers.CharField(allow_null=True)
    is_collective = serializers.BooleanField()
    affiliations = words()


class QualifierSerializer(serializers.Serializer):
    name = serializers.CharField()
    ui = serializers.CharField(allow_null=True)
    is_major = serializers.BooleanField()


class HeadingSerializer(serializers.Serializer):
    """A MeSH heading; `is_major` where it or one of its qualifiers is a main topic."""

    descriptor = serializers.CharField()
    ui = serializers.CharField(allow_null=True)
    is_major = serializers.BooleanField()
    qualifiers = QualifierSerializer(many=True)


class SubstanceSerializer(serializers.Serializer):
    name = serializers.CharField()
    ui = serializers.CharField(allow_null=True)
    registry_number = serializers.CharField(allow_null=True)


class GrantSerializer(serializers.Serializer):
    number = serializers.CharField(allow_null=True)
    agency = serializers.CharField(allow_null=True)
    country = serializers.CharField(allow_null=True)


class OpenAccessSerializer(serializers.Serializer):
    """All null: no source says."""

    is_open = serializers.BooleanField(allow_null=True)
    status = serializers.CharField(allow_null=True)
    url = serializers.CharField(allow_null=True)
    license = serializers.CharField(allow_null=True)


class RelatedSerializer(serializers.Serializer):
    """A link to another publication; `paper` is its id where this library has it."""

    type = serializers.CharField(help_text="retraction_in, erratum_for, comment_on …")
    pmid = serializers.CharField(allow_null=True)
    doi = serializers.CharField(allow_null=True)
    citation = serializers.CharField(allow_blank=True)
    paper = serializers.IntegerField(allow_null=True)


class PaperTagSerializer(serializers.Serializer):
    """What holds of a therapy class, a regimen, a setting or a study design; three of them are null."""

    therapy_class = serializers.CharField(allow_null=True)
    regimen = serializers.CharField(allow_null=True)
    setting = serializers.CharField(allow_null=True)
    study_design = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(STANDING)
    by = serializers.CharField(allow_null=True, help_text="null for who did not sign in")
    at = serializers.DateTimeField()
    note = serializers.CharField(allow_blank=True)


class OriginSerializer(serializers.Serializer):
    """Which source gave a field, or (`by`) who corrected it."""

    source = serializers.ChoiceField([source.value for source in Source], required=False)
    source_record = serializers.IntegerField(required=False)
    by = serializers.CharField(required=False, allow_null=True)
    at = serializers.DateTimeField()


class PaperSerializer(serializers.Serializer):
    """One publication. Missing text is "", a missing identifier, date or number null."""

    id = serializers.IntegerField()
    title = serializers.CharField(allow_blank=True)
    title_html = serializers.CharField(
        allow_blank=True, help_text="The title with its superscripts and the like, if any."
    )
    original_title = serializers.CharField(allow_blank=True)
    abstract = serializers.CharField(allow_blank=True)
    abstract_sections = SectionSerializer(many=True)
    abstract_copyright = serializers.CharField(allow_blank=True)
    doi = serializers.CharField(allow_null=True)
    pmid = serializers.CharField(allow_null=True)
    pmid_version = serializers.IntegerField(allow_null=True)
    pmcid = serializers.CharField(allow_null=True)
    semantic_scholar_id = serializers.CharField(allow_null=True)
    other_ids = serializers.DictField(child=serializers.CharField(), help_text="kind: identifier")
    language = words(help_text="ISO 639-2/B codes: eng, fre …")
    journal = PaperJournalSerializer(allow_null=True)
    book = BookSerializer(allow_null=True)
    authors = PaperAuthorSerializer(many=True)
    year = serializers.IntegerField(allow_null=True)
    publication_date = serializers.CharField(
        allow_null=True, help_text="As precise as the source: 2021, 2021-07 or 2021-07-01."
    )
    publication_date_text = serializers.CharField(
        allow_blank=True, help_text="What the source adds in words: Spring, 1998 Dec-1999 Jan."
    )
    electronic_date = serializers.CharField(allow_null=True)
    volume = serializers.CharField(allow_blank=True)
    issue = serializers.CharField(allow_blank=True)
    pages = serializers.CharField(allow_blank=True)
    publication_types = words()
    mesh_headings = HeadingSerializer(many=True)
    supplementary_concepts = SubstanceSerializer(many=True)
    keywords = words()
    substances = SubstanceSerializer(many=True)
    trial_registrations = words()
    grants = GrantSerializer(many=True)
    citation_count = serializers.IntegerField(allow_null=True)
    reference_count = serializers.IntegerField(allow_null=True)
    open_access = OpenAccessSerializer()
    medline_status = serializers.CharField(allow_blank=True)
    publication_status = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    tldr = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(Paper.Status.choices)
    related = RelatedSerializer(many=True)
    tags = PaperTagSerializer(many=True)
    suggestions = PaperSuggestionSerializer(many=True)
    provenance = serializers.DictField(child=OriginSerializer(), help_text="field: its origin")
    remarks = words(help_text="What was left out when the paper was put together, and why.")
    url = serializers.CharField(allow_null=True, help_text="Where its sources say it is found.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    def to_representation(self, instance: Paper) -> dict[str, Any]:
        request = self.context.get("request")
        with_people = request is None or request.user.is_authenticated
        return paper_json(instance, with_people=with_people)
