"""Tables of mobility, split by noun."""

from sapar.mobility.models.applications import (
    Appeal,
    Application,
    ApplicationFile,
    Review,
    Wish,
)
from sapar.mobility.models.calls import Call, CallPlace
from sapar.mobility.models.earlier import StayImport
from sapar.mobility.models.erasures import Erasure
from sapar.mobility.models.exchanges import Exchange
from sapar.mobility.models.grades import GradeCounts, OfficeFactor, OfficeScale, RecognitionRules
from sapar.mobility.models.learning import Component, LearningAgreement, Signature
from sapar.mobility.models.messages import Message, SavedLetter
from sapar.mobility.models.placing import Award, PlacingRun
from sapar.mobility.models.recognition import Decision, Equivalence, RecognitionCase
from sapar.mobility.models.tasks import StayTask
from sapar.mobility.models.transcripts import Transcript, TranscriptLine
from sapar.mobility.models.visits import Attendance, GroupVisit, Visitor, VisitSession

__all__ = [
    "Appeal",
    "Application",
    "ApplicationFile",
    "Attendance",
    "Award",
    "Call",
    "CallPlace",
    "Component",
    "Decision",
    "Equivalence",
    "Erasure",
    "Exchange",
    "GradeCounts",
    "GroupVisit",
    "LearningAgreement",
    "Message",
    "OfficeFactor",
    "OfficeScale",
    "PlacingRun",
    "RecognitionCase",
    "RecognitionRules",
    "Review",
    "SavedLetter",
    "Signature",
    "StayImport",
    "StayTask",
    "Transcript",
    "TranscriptLine",
    "VisitSession",
    "Visitor",
    "Wish",
]
