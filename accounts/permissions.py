"""Who may open the register of households."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import Consent, Dispute, Grievance, OpenSession, Organisation, Person, RegisterFile, Role, Somebody
from accounts.selectors import (
    ANSWERERS,
    REGISTER_ROLES,
    Standing,
    disputes_seen_by,
    done_for,
    register_files_seen_by,
    standing,
)
from accounts.selectors.grievances import OFFICERS, SPEAKERS, answers, grievances_seen_by, heads_bureau, is_own
from accounts.services.grievances import sayable


def can_import_households(user: Somebody) -> bool:
    """Return whether this person brings in lists of households."""
    return standing(user).has(Role.RELIEF_CLERK)


def access_register(user: Somebody) -> None:
    """Let in whoever looks after households, each to their own area."""
    if not standing(user).has(*REGISTER_ROLES):
        raise PermissionDenied


def access_household_import(user: Somebody) -> None:
    """Let in the relief office's clerks only."""
    if not can_import_households(user):
        raise PermissionDenied


def office_of(user: Somebody) -> Organisation:
    """Return the office for which this person brings in households."""
    access_household_import(user)
    return Organisation.objects.get(pk=min(standing(user).organisations(Role.RELIEF_CLERK)))


def can_decide_register_file(user: Somebody, file: RegisterFile) -> bool:
    """Return whether this person confirms or refuses files of this office; never the own one, says the service."""
    return file.organisation_id in standing(user).organisations(Role.RELIEF_CLERK)


def access_register_file(user: Somebody, file_id: UUID) -> RegisterFile:
    """Return a file of households this person may look into."""
    return get_object_or_404(register_files_seen_by(user), pk=file_id)


def access_register_file_to_decide(user: Somebody, file_id: UUID) -> RegisterFile:
    """Return a file of households this person may confirm or refuse."""
    file = access_register_file(user, file_id)
    if not can_decide_register_file(user, file):
        raise PermissionDenied
    return file


def can_end_sessions(who: Standing) -> bool:
    """Return whether this person ends what others are signed in with."""
    return who.has(Role.SECURITY_ADMIN)


def access_sessions(user: Somebody, person_id: UUID) -> Person:
    """Return whose sessions are looked at: one's own, or for the security administrator of whoever holds a post."""
    who = standing(user)
    staff = Person.objects.filter(memberships__isnull=False).distinct()
    person = get_object_or_404(Person if _own_person(who) == person_id else staff, pk=person_id)
    if person.pk != _own_person(who) and not can_end_sessions(who):
        raise PermissionDenied
    return person


def access_session(user: Somebody, session_id: UUID) -> OpenSession:
    """Return one session that this person may end."""
    session = get_object_or_404(OpenSession.objects.select_related("user__person"), pk=session_id)
    who = standing(user)
    if session.user.person_id != _own_person(who) and not can_end_sessions(who):
        raise Http404
    return session


def _own_person(who: Standing) -> UUID | None:
    return who.user.person_id if who.user.is_authenticated else None


def access_done_for(user: Somebody) -> Standing:
    """Let in whoever belongs to a household."""
    who = standing(user)
    if who.household_id is None:
        raise PermissionDenied
    return who


def access_act(user: Somebody, consent_id: UUID) -> Consent:
    """Return what somebody else did in the name of this person's household."""
    return get_object_or_404(done_for(access_done_for(user)), pk=consent_id)


def access_disputes(user: Somebody) -> Standing:
    """Let in whoever answers 「不是我」, each in their own area, and the auditor."""
    who = standing(user)
    if not who.has(Role.AUDITOR, *ANSWERERS):
        raise PermissionDenied
    return who


def access_dispute(user: Somebody, dispute_id: UUID) -> Dispute:
    """Return a dispute that this person may look into."""
    return get_object_or_404(disputes_seen_by(access_disputes(user)), pk=dispute_id)


def access_dispute_to_answer(user: Somebody, dispute_id: UUID) -> Dispute:
    """Return a dispute that this person may answer; never whoever acted, says the service."""
    dispute = access_dispute(user, dispute_id)
    if not standing(user).covers(dispute.household.village_id, *ANSWERERS):  # type: ignore[attr-defined]
        raise PermissionDenied
    return dispute


def access_places(user: Somebody) -> None:
    """Let in the bureau, which says where the villages lie."""
    if not standing(user).has(Role.BUREAU_APPROVER, Role.VERIFIER):
        raise PermissionDenied


def access_grievances(user: Somebody) -> Standing:
    """Let in whoever may say something in a household's or co-operative's name, who answers, and the auditor."""
    who = standing(user)
    if not may_see_grievances(who):
        raise PermissionDenied
    return who


def may_see_grievances(who: Standing) -> bool:
    """Return whether this person has anything to do with grievances: asks, answers or audits them."""
    return who.household_id is not None or who.has(Role.AUDITOR, *OFFICERS, *SPEAKERS) or heads_bureau(who)


def access_grievance(user: Somebody, grievance_id: int) -> Grievance:
    """Return a grievance that this person may read."""
    return get_object_or_404(grievances_seen_by(access_grievances(user)), pk=grievance_id)


def access_grievance_new(user: Somebody, about: str) -> None:
    """Let in whoever may say something about this document; to all others there is none."""
    if sayable(about, access_grievances(user)) is None:
        raise Http404


def access_grievance_to_answer(user: Somebody, grievance_id: int) -> Grievance:
    """Return a grievance that this person's post answers; never whoever had a hand in it, says the service."""
    row = access_grievance(user, grievance_id)
    if not may_answer_grievance(user, row):
        raise PermissionDenied
    return row


def may_answer_grievance(user: Somebody, row: Grievance) -> bool:
    """Return whether grievances of this kind are answered by this person's post, and this is not the own one."""
    who = standing(user)
    return not is_own(who, row) and (who.has(*OFFICERS) or heads_bureau(who))


def answers_now(user: Somebody, row: Grievance) -> bool:
    """Return whether it is this person's turn to answer."""
    return answers(standing(user), row)


def access_own_grievance(user: Somebody, grievance_id: int) -> Grievance:
    """Return a grievance of this person's own household or co-operative."""
    row = access_grievance(user, grievance_id)
    if not is_own(standing(user), row):
        raise PermissionDenied
    return row
