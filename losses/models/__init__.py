"""Harm, checked in the open, relieved.

    claim → village, township check → village notice → visit by two → amount held → county notice → award → payable

Rates, caps and days are data of a published scheme. Each stage writes its own figure and never the one before; the
claimed kilos leave the market until the claim is decided. No person holds two stages of one claim.
"""

from losses.models.amounts import (
    Award,
    Computation,
)
from losses.models.appeals import (
    APPEAL_MOVES,
    WAITING_APPEALS,
    AppealStatus,
    LossAppeal,
)
from losses.models.calling import (
    CALL_MOVES,
    DOUBTFUL,
    CallBack,
    CallDraw,
    CallOutcome,
    CallStatus,
)
from losses.models.causes import (
    CAUSES_OF_CROPS,
    CAUSES_OF_LOTS,
    CAUSES_OF_SALES,
    Cause,
    Goods,
    are_animals,
    cause_words,
)
from losses.models.claims import (
    CLAIM_MOVES,
    OPEN_CLAIMS,
    ClaimFigure,
    ClaimStatus,
    LookedAt,
    LossClaim,
    Reason,
    Stage,
)
from losses.models.loss_notices import (
    EARLY_MOVES,
    EarlyStatus,
    LossNotice,
)
from losses.models.papers import (
    PAPERS_OPEN,
    BroughtBy,
    ClaimPaper,
    PaperForm,
    PaperKind,
    SchemePaper,
)
from losses.models.recovering import (
    IS_BACK,
    RECEIPT_MOVES,
    RECOVERY_MOVES,
    WAIVERS,
    ReceiptHow,
    ReceiptStatus,
    RecoveryInstalment,
    RecoveryReason,
    RecoveryReceipt,
    RecoveryStatus,
    ReliefRecovery,
)
from losses.models.rehearsals import (
    Basis,
    FellBy,
    Rehearsal,
    RehearsalCell,
    RehearsalFall,
    RehearsalResult,
)
from losses.models.reinspecting import (
    OVERPAID,
    REINSPECTION_MOVES,
    ClaimScore,
    Reinspection,
    ReinspectionDraw,
    ReinspectionOutcome,
    ReinspectionStatus,
    ReinspectionWhy,
)
from losses.models.releases import AwardRelease
from losses.models.reports import (
    MOST_LINES,
    ClaimReport,
)
from losses.models.rounds import ClaimRound, Elsewhere
from losses.models.sampling import (
    SampleDraw,
    SampleRegime,
)
from losses.models.schemes import (
    MOST_HOURS,
    MOST_LISTED_DAYS,
    MOST_PAY_DAYS,
    MOST_REVIEW_DAYS,
    SCHEME_MOVES,
    OtherRelief,
    ReliefScheme,
    SchemeMoney,
    SchemeRate,
    SchemeStatus,
    Sharing,
)
from losses.models.visits import (
    Conclusion,
    FellOut,
    HouseholdSigned,
    OddPlace,
    Visit,
    WitnessTie,
)

__all__ = [
    "APPEAL_MOVES",
    "CALL_MOVES",
    "CAUSES_OF_CROPS",
    "CAUSES_OF_LOTS",
    "CAUSES_OF_SALES",
    "CLAIM_MOVES",
    "DOUBTFUL",
    "EARLY_MOVES",
    "IS_BACK",
    "MOST_HOURS",
    "MOST_LINES",
    "MOST_LISTED_DAYS",
    "MOST_PAY_DAYS",
    "MOST_REVIEW_DAYS",
    "OPEN_CLAIMS",
    "OVERPAID",
    "PAPERS_OPEN",
    "RECEIPT_MOVES",
    "RECOVERY_MOVES",
    "REINSPECTION_MOVES",
    "SCHEME_MOVES",
    "WAITING_APPEALS",
    "WAIVERS",
    "AppealStatus",
    "Award",
    "AwardRelease",
    "Basis",
    "BroughtBy",
    "CallBack",
    "CallDraw",
    "CallOutcome",
    "CallStatus",
    "Cause",
    "ClaimFigure",
    "ClaimPaper",
    "ClaimReport",
    "ClaimRound",
    "ClaimScore",
    "ClaimStatus",
    "Computation",
    "Conclusion",
    "EarlyStatus",
    "Elsewhere",
    "FellBy",
    "FellOut",
    "Goods",
    "HouseholdSigned",
    "LookedAt",
    "LossAppeal",
    "LossClaim",
    "LossNotice",
    "OddPlace",
    "OtherRelief",
    "PaperForm",
    "PaperKind",
    "Reason",
    "ReceiptHow",
    "ReceiptStatus",
    "RecoveryInstalment",
    "RecoveryReason",
    "RecoveryReceipt",
    "RecoveryStatus",
    "Rehearsal",
    "RehearsalCell",
    "RehearsalFall",
    "RehearsalResult",
    "Reinspection",
    "ReinspectionDraw",
    "ReinspectionOutcome",
    "ReinspectionStatus",
    "ReinspectionWhy",
    "ReliefRecovery",
    "ReliefScheme",
    "SampleDraw",
    "SampleRegime",
    "SchemeMoney",
    "SchemePaper",
    "SchemeRate",
    "SchemeStatus",
    "Sharing",
    "Stage",
    "Visit",
    "WitnessTie",
    "are_animals",
    "cause_words",
]
