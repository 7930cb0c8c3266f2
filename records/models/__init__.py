"""The records office (档案室): what any document may carry, whoever owns it.

A document is named by a text reference (`claim:31`, `order:7`), so nothing here knows who uses it. Files keep the
original bytes; moves and events are history; a participation says which person had a hand in which document; a
finding is what a check saw; a public notice is a frozen, masked list that anyone may object to, line by line.
"""

from records.models.documents import (
    MOST_BYTES,
    NOTICE_MOVES,
    Attachment,
    CalendarDay,
    Finding,
    HandsException,
    IdempotencyKey,
    IncompatibleHands,
    Job,
    NoticeLine,
    NoticeStatus,
    NumberLetter,
    Participation,
    PhotoPrint,
    PolicyValue,
    PublicNotice,
    StoredFile,
)
from records.models.history import (
    MOST_FEN,
    Event,
    HistorySeal,
    MassReading,
    Move,
    Reading,
    RefusedTry,
    SomeAccount,
    Trace,
    kind_of,
)
from records.models.objections import (
    OBJECTION_MOVES,
    WHY_REJECTED,
    WHY_UPHELD,
    Objection,
    ObjectionReason,
    ObjectionStatus,
)
from records.models.photos import PhotoLook, PhotoMatch, PhotoPoints
from records.models.signatures import NoticeSignature

__all__ = [
    "MOST_BYTES",
    "MOST_FEN",
    "NOTICE_MOVES",
    "OBJECTION_MOVES",
    "WHY_REJECTED",
    "WHY_UPHELD",
    "Attachment",
    "CalendarDay",
    "Event",
    "Finding",
    "HandsException",
    "HistorySeal",
    "IdempotencyKey",
    "IncompatibleHands",
    "Job",
    "MassReading",
    "Move",
    "NoticeLine",
    "NoticeSignature",
    "NoticeStatus",
    "NumberLetter",
    "Objection",
    "ObjectionReason",
    "ObjectionStatus",
    "Participation",
    "PhotoLook",
    "PhotoMatch",
    "PhotoPoints",
    "PhotoPrint",
    "PolicyValue",
    "PublicNotice",
    "Reading",
    "RefusedTry",
    "SomeAccount",
    "StoredFile",
    "Trace",
    "kind_of",
]
