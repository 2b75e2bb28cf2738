"""The vocabulary's tables."""

from regimens.models.drug import Drug, DrugSynonym
from regimens.models.regimen import Component, Phase, Regimen, RegimenAlias, Trial
from regimens.models.study import Setting, StudyDesign
from regimens.models.therapy_class import TherapyClass

__all__ = [
    "Component",
    "Drug",
    "DrugSynonym",
    "Phase",
    "Regimen",
    "RegimenAlias",
    "Setting",
    "StudyDesign",
    "TherapyClass",
    "Trial",
]
