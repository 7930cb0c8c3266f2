"""Who and where: places, organisations with their channel, people and households, who may act for whom.

A person is known by the HMAC of the ID number, whatever the account; a membership is person × organisation × role ×
area with dates. A household counts by the tier it held on the day. Everything that names or reaches a person is
ciphertext here; messages leave through an outbox that a sweep empties.
"""

from accounts.models.coops import MOST_FEE_BP, MOST_FEE_FEN, CoopMember, Mandate, fee_words, percent_plain
from accounts.models.disputes import Dispute, DisputeStatus
from accounts.models.grievances import REOPENABLE, WAITING_GRIEVANCES, Grievance, GrievanceStatus
from accounts.models.households import (
    POOR_TIERS,
    WATCHED_TIERS,
    BankCard,
    Cause,
    Consent,
    Household,
    HouseholdMember,
    HouseholdTier,
    Kin,
    Message,
    Tier,
)
from accounts.models.inbound import InboundMessage
from accounts.models.people import (
    ADMINISTRATORS,
    FIELD_ROLES,
    STAFF_ROLES,
    Channel,
    Membership,
    OpenSession,
    Organisation,
    Person,
    Place,
    PlaceName,
    Role,
    Somebody,
    User,
    UserManager,
)
from accounts.models.register_files import (
    REGISTER_FILE_MOVES,
    RegisterFile,
    RegisterFileRow,
    RegisterFileStatus,
)

__all__ = [
    "ADMINISTRATORS",
    "FIELD_ROLES",
    "MOST_FEE_BP",
    "MOST_FEE_FEN",
    "POOR_TIERS",
    "REGISTER_FILE_MOVES",
    "REOPENABLE",
    "STAFF_ROLES",
    "WAITING_GRIEVANCES",
    "WATCHED_TIERS",
    "BankCard",
    "Cause",
    "Channel",
    "Consent",
    "CoopMember",
    "Dispute",
    "DisputeStatus",
    "Grievance",
    "GrievanceStatus",
    "Household",
    "HouseholdMember",
    "HouseholdTier",
    "InboundMessage",
    "Kin",
    "Mandate",
    "Membership",
    "Message",
    "OpenSession",
    "Organisation",
    "Person",
    "Place",
    "PlaceName",
    "RegisterFile",
    "RegisterFileRow",
    "RegisterFileStatus",
    "Role",
    "Somebody",
    "Tier",
    "User",
    "UserManager",
    "fee_words",
    "percent_plain",
]
