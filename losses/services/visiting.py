"""The visit: two verifiers drawn by a recorded seed, one writes what is there, the other signs the same."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, User
from accounts.selectors import kin_of, members_now
from kernel import clock
from kernel.dates import message_deadline
from kernel.errors import BadValue, DomainError
from kernel.present import known
from kernel.workflow import IllegalMove, lock
from losses.models import ClaimStatus, Conclusion, HouseholdSigned, LossClaim, Stage, Visit
from losses.selectors.cards import cards_asked
from losses.selectors.claims import (
    SECOND_SIGNATURE,
    SENT_BY_FIRST,
    SIGNATURE,
    VISIT_PHOTOS,
    declared,
    people_of,
    quantity_words,
    visit_photos,
    visit_role,
)
from losses.selectors.schemes import verifier_posts
from losses.services.deadlines import days_after, set_visits_due
from losses.services.findings import DESK
from losses.services.holding import MoreThanBefore, Spot, WhyNeeded, latest_figure, place_of, write_figure
from losses.services.photo_ties import ask_for_looks
from losses.services.telling import tell, tell_of_report
from records.models import Participation, StoredFile
from records.selectors.participation import documents_barred
from records.selectors.photos import same_picture
from records.services import events
from records.services.files import attach
from records.services.participation import take_part, take_part_in_all

DRAWN = _("Two people of the county come to look at your %(produce)s before %(until)s (report %(number)s).")
DRAWN_TOGETHER = _(
    "Two people of the county come to look at your %(n)s kinds of goods before %(until)s (report sheet %(sheet)s)."
)
REDRAWN = _("Somebody else comes to look at your %(produce)s, before %(until)s (report %(number)s).")
VISIT = "visit"
WRITTEN = [
    "found", "conclusion", "why", "signed", "card_read", "latitude_e6", "longitude_e6", "accuracy_m", "odd_place",
    "phone_at", "first_signed_at",
]  # fmt: skip
WITNESS = ["witness_sealed", "witness_tie"]


class NotEnoughVerifiers(DomainError):
    code = "not_enough_verifiers"
    message = _("Fewer than two verifiers may visit this household. Appoint another one who is not of this village.")


class NobodyLeft(DomainError):
    code = "nobody_left"
    message = _("No other verifier may visit this household. Appoint one who is not of this village.")


class AlreadyDrawn(DomainError):
    code = "already_drawn"
    message = _("The two verifiers are drawn already and stay.")


class NotYourVisit(DomainError):
    code = "not_your_visit"
    message = _("The draw named two other people for this step.")


class PhotosMissing(BadValue):
    code = "photos_missing"
    message = _("Three photos are needed: the whole, one from near, and the household with the goods.")


class SamePhotos(BadValue):
    code = "same_photos"
    message = _(
        "Two of the three photos show the same picture. Take three: the whole, one from near, the household with the "
        "goods."
    )


class ConclusionDiffers(BadValue):
    code = "conclusion_differs"
    message = _("The quantity and the conclusion say different things. Look at both again.")


class SignatureMissing(BadValue):
    code = "signature_missing"
    message = _(
        "Nobody has signed on the phone yet. Let the household sign, or say that it signed on paper or not at all."
    )


class WitnessHalf(BadValue):
    code = "witness_half"
    message = _("Write the name of whoever was there beside the household and say who it is, or neither.")


class WrittenMeanwhile(DomainError):
    code = "written_meanwhile"
    message = _(
        "This visit was written down meanwhile, on another page or phone. Open its page again: what you typed is still "
        "here."
    )


class NotWrittenYet(DomainError):
    code = "not_written_yet"
    message = _("The first verifier has not written down yet what was found.")


class ReadOtherwise(DomainError):
    code = "read_otherwise"
    message = _(
        "The first verifier has written something else than you read. Look at both: sign what stands there now, or say "
        "what is different."
    )


class StillContested(DomainError):
    code = "still_contested"
    message = _(
        "You said what is different. You can sign once the first verifier has written it down again, changed or not."
    )


class WordsNeeded(BadValue):
    code = "words_needed"
    message = _("Say in a sentence what is different.")


@dataclass(frozen=True, slots=True)
class Read:
    """What the second verifier had read: when the first wrote it, or, where that had not come yet, how much it is."""

    written: str = ""
    found: int | None = None

    def fits(self, visit: Visit) -> bool:
        """Return whether this is what stands there now."""
        return self.written == last_written(visit) if self.written else self.found == visit.found


def draw_pair(seed: str, candidates: list[str]) -> tuple[str, str]:
    """Return the two that a seed draws; the same seed and candidates give the same two for ever."""
    order = in_order(seed, candidates)
    return order[0], order[1]


def in_order(seed: str, candidates: Iterable[str]) -> list[str]:
    """Return candidates in the order in which a seed draws them."""
    return sorted(candidates, key=lambda key: hashlib.sha256(f"{seed}:{key}".encode()).hexdigest())


@transaction.atomic
def draw(claim: LossClaim, *, by: User, at: dt.datetime, seed: str = "") -> Visit:
    """Draw two different verifiers who have nothing to do with village, household or claim.

    The other lines of its report that wait for their draw are drawn with it, the same two by the same seed: one trip.
    """
    lines = _lines_to_visit(claim, by=by)
    visited = Visit.objects.filter(claim__in=lines, redrawn_at=None).values_list("claim", "round")
    undrawn = [one for one in lines if (one.pk, one.round) not in set(visited)]
    if all(one.pk != claim.pk for one in undrawn):
        raise AlreadyDrawn
    claim = next(one for one in undrawn if one.pk == claim.pk)
    take_part(claim.reference, DESK, by=by, at=at)
    together, on = undrawn, clock.county_day(at)
    may = candidates(*together, on=on)
    if len(may) < 2:
        together, may = [claim], candidates(claim, on=on)
    if len(may) < 2:
        raise NotEnoughVerifiers
    take_part_in_all([one.reference for one in together], DESK, by=by, at=at)
    seed = seed or secrets.token_hex(16)
    first, second = draw_pair(seed, sorted(may))
    drawn = [
        Visit(claim=one, round=one.round, first=may[first], second=may[second], seed=seed, drawn_at=at)
        for one in together
    ]
    Visit.objects.bulk_create(drawn)
    set_visits_due(together, at=at)
    for one in together:
        events.record("visit.drawn", one.reference, by=by, at=at, candidates=len(may), **_told_of(together))
    until = message_deadline(together[0].due_at)
    if len(together) > 1:
        tell_of_report(claim, "drawn", DRAWN_TOGETHER, at=at, n=len(together), until=until)
    else:
        tell(claim, "drawn", DRAWN, at=at, until=until)
    return next(visit for visit in drawn if visit.claim == claim)


def _lines_to_visit(claim: LossClaim, *, by: User) -> list[LossClaim]:
    """Lock the lines of a report that wait for a visit, in the order of their keys, but those barred to this person.

    The claim itself is among them while it waits, whoever asks: what bars it is said as the hand is taken.
    """
    waiting = LossClaim.objects.filter(report=claim.report_id, status=ClaimStatus.TO_VISIT)
    lines = list(waiting.select_for_update(of=("self",)).order_by("pk"))
    barred = documents_barred([line.reference for line in lines if line.pk != claim.pk], DESK, by=by)
    return [line for line in lines if line.reference not in barred]


def _told_of(claims: Sequence[LossClaim]) -> dict[str, list[str]]:
    """Return of which reports something was drawn at once, where it was of several lines."""
    return {"lines": [claim.number for claim in claims]} if len(claims) > 1 else {}


@transaction.atomic
def redraw(visit: Visit, *, who: str, why: str, note: str = "", by: User, at: dt.datetime, seed: str = "") -> Visit:
    """Draw another in place of the first or the second verifier, who falls out; return the visit as it now stands.

    The visit as it was stays on record with who fell out and why. What the first has written stays when the second
    falls out; whoever comes in place of the first writes anew. Lines of a report that were drawn together and are not
    done are drawn anew together.
    """
    lines = {line.pk: line for line in _lines_to_visit(visit.claim, by=by)}
    claim, visit = _open(visit)
    take_part(claim.reference, DESK, by=by, at=at)
    beside = _beside(visit, lines, who)
    together, on = [visit, *beside], clock.county_day(at)
    may = _instead_of(together, on=on)
    if not may:
        together = [visit]
        may = _instead_of(together, on=on)
    if not may:
        raise NobodyLeft
    claims = [claim, *(lines[one.claim_id] for one in together[1:])]  # type: ignore[attr-defined]
    take_part_in_all([one.reference for one in claims], DESK, by=by, at=at)
    seed = seed or secrets.token_hex(16)
    drawn = may[in_order(seed, may)[0]]
    new = []
    for old, of in zip(together, claims, strict=True):
        gone = old.first if who == "first" else old.second
        old.fell_out, old.fell_why, old.fell_note, old.redrawn_by, old.redrawn_at = gone, why, note[:200], by, at
        old.save(update_fields=["fell_out", "fell_why", "fell_note", "redrawn_by", "redrawn_at"])
        kept = {name: getattr(old, name) for name in WRITTEN} if who == "second" else {}
        pair = {"first": drawn, "second": old.second} if who == "first" else {"first": old.first, "second": drawn}
        new.append(Visit.objects.create(claim=of, round=of.round, **pair, seed=seed, drawn_at=at, **kept))
        if kept and old.witness_tie:  # sealed for its own row
            new[-1].witness, new[-1].witness_tie = old.witness, old.witness_tie
            new[-1].save(update_fields=WITNESS)
    set_visits_due(claims, at=at)
    for one in claims:
        events.record(
            "visit.redrawn", one.reference, by=by, at=at, who=who, why=why, candidates=len(may), **_told_of(claims)
        )
    tell(claim, "redrawn", REDRAWN, at=at, until=message_deadline(claims[0].due_at))
    return new[0]


def _beside(visit: Visit, lines: Mapping[int, LossClaim], who: str) -> list[Visit]:
    """Return the visits that were drawn with this one and are not done; what the first has written is done for them."""
    drawn = Visit.objects.filter(
        claim__in=lines.keys() - {visit.claim_id},  # type: ignore[attr-defined]
        seed=visit.seed,
        first=visit.first,
        second=visit.second,
        redrawn_at=None,
        second_signed_at=None,
    )
    undone = drawn.filter(first_signed_at=None) if who == "first" else drawn
    rows = undone.select_for_update(of=("self",)).order_by("pk")
    return [one for one in rows if one.round == lines[one.claim_id].round]  # type: ignore[attr-defined]


def _instead_of(visits: Sequence[Visit], *, on: dt.date) -> dict[str, User]:
    """Return who may come in place of a verifier of these visits: none of the two, and nobody who fell out before."""
    visit = visits[0]
    fallen = User.objects.filter(pk__in=visit.claim.visits.exclude(fell_out=None).values("fell_out"))
    out = {known(user.person).key for user in [visit.first, visit.second, *fallen.select_related("person")]}
    may = candidates(*(one.claim for one in visits), on=on)
    return {key: user for key, user in may.items() if key not in out}


def candidates(claim: LossClaim, *beside: LossClaim, on: dt.date) -> dict[str, User]:
    """Return who may be drawn, one account a person, by the person's key: for the draw and for who checks it.

    With lines of the same report `beside` it, who may be drawn for all of them.
    """
    posts = verifier_posts([one.scheme for one in (claim, *beside)], on)
    village = claim.household.village_id
    of_the_village = Membership.objects.filter(area_id=village).filter(Q(to_on=None) | Q(to_on__gt=on))
    names = [one.reference for one in (claim, *beside)]
    took_part = Participation.objects.filter(document__in=names).exclude(stage=VISIT)
    of_here = members_now().filter(household__village_id=village)
    of_the_card = members_now().filter(household__cards__index__in=claim.household.cards.values("index"))
    users = (
        User.objects.filter(is_active=True, person__memberships__in=posts)
        .exclude(person__in=of_the_village.values("person"))
        .exclude(person__in=of_here.values("person"))
        .exclude(person__key__in=took_part.values("person_key"))
        .exclude(person__key__in=people_of(claim.household))
        .exclude(phone_index__in=[index for index in (claim.household.phone_index,) if index])
        .exclude(person__in=of_the_card.values("person"))
        .exclude(person__in=kin_of(claim.household, on).values("person"))
        .select_related("person")
        .order_by("-created_at", "pk")
        .distinct()
    )
    return {known(user.person).key: user for user in users}


@transaction.atomic
def show(visit: Visit, which: str, photo: StoredFile, *, by: User, at: dt.datetime) -> None:
    """Keep a photo or a signature of the one of the two who sends it, before what was found is written or signed."""
    claim, visit = _open(visit)
    sender = visit.second if which == SECOND_SIGNATURE else visit.first
    if sender.person_id != by.person_id:
        raise NotYourVisit
    _hang(claim, visit, which, photo, by=by, at=at)


def _hang(claim: LossClaim, visit: Visit, which: str, photo: StoredFile, *, by: User, at: dt.datetime) -> None:
    """Keep a photo or the signature in its place; of the three photos each shows something else."""
    others = [other for other in VISIT_PHOTOS if which in VISIT_PHOTOS and other != which]
    if any(same_picture(photo, other) for other in visit_photos(visit, others).values()):
        raise SamePhotos
    hung = attach(claim.reference, photo, visit_role(claim.round, which), by=by, at=at)
    if which in VISIT_PHOTOS:
        ask_for_looks(claim, [hung])


@transaction.atomic
def record_visit(
    visit: Visit,
    *,
    found: int,
    conclusion: str,
    why: str,
    signed: str,
    photos: dict,
    by: User,
    at: dt.datetime,
    spot: Spot | None = None,
    phone_at: dt.datetime | None = None,
    seen: str | None = None,
    card_read: bool = False,
    witness: str = "",
    witness_tie: str = "",
) -> Visit:
    """Write, as the first verifier, what is there, with three photos; the second signs exactly this.

    `photos` maps whole, near, people, signature, first_signature (the verifier's own) and paper to stored files; those
    sent before come not again. `spot` and `phone_at` are the phone's word about where and when: kept, refusing nothing.
    `seen` is when the visit was last written as far as that page knew: an older page overwrites nothing.
    `card_read` says that the claim's number and the date, written by hand, can be read on a photo, where that is asked.
    `witness` is who was there beside the household, with who that is.
    """
    claim, visit = _open(visit)
    if visit.first.person_id != by.person_id:
        raise NotYourVisit
    if seen is not None and seen != last_written(visit):
        raise WrittenMeanwhile
    take_part(claim.reference, VISIT, by=by, at=at)
    before, why = latest_figure(claim).quantity, why.strip()
    if not 0 <= found <= before:
        raise MoreThanBefore
    if conclusion != conclusion_of(found, declared(claim).quantity):
        raise ConclusionDiffers
    if (found < before or signed == HouseholdSigned.NO) and not why:
        raise WhyNeeded
    if bool(witness.strip()) != bool(witness_tie):
        raise WitnessHalf
    for which, photo in photos.items():
        if which in SENT_BY_FIRST and photo is not None:
            _hang(claim, visit, which, photo, by=by, at=at)
    if any(which not in visit_photos(visit, VISIT_PHOTOS) for which in VISIT_PHOTOS):
        raise PhotosMissing
    if signed == HouseholdSigned.GLASS and not visit_photos(visit, [SIGNATURE]):
        raise SignatureMissing
    visit.found, visit.conclusion, visit.why, visit.signed = found, conclusion, why[:300], signed
    visit.latitude_e6, visit.longitude_e6, visit.accuracy_m = place_of(spot)
    visit.odd_place = spot.odd if spot else ""
    visit.witness, visit.witness_tie = witness.strip()[:40], witness_tie
    visit.card_read = card_read if cards_asked([visit]) else None
    visit.phone_at, visit.first_signed_at = phone_at, at
    visit.save(update_fields=[*WRITTEN, *WITNESS])
    return visit


def conclusion_of(found: int, reported: int) -> Conclusion:
    """Return what a quantity says of a report."""
    if not found:
        return Conclusion.NOT_THERE
    return Conclusion.THERE if found == reported else Conclusion.LESS


@transaction.atomic
def sign_visit(
    visit: Visit,
    *,
    by: User,
    at: dt.datetime,
    read: Read | None = None,
    spot: Spot | None = None,
    phone_at: dt.datetime | None = None,
    signature: StoredFile | None = None,
) -> Visit:
    """Sign, as the second verifier, what the first wrote; from now on the visit is frozen.

    `read` is what the page knew on which this was signed: of something else it signs nothing. `spot` and `phone_at` are
    the phone's word, as in `record_visit`. `signature` is the name drawn by hand, where it is. What the second says is
    different stands until the first has written it down again; where the first does not, somebody else is drawn.
    """
    claim, visit = _read_by_second(visit, read, by=by)
    if visit.is_contested:
        raise StillContested
    if signature is not None:
        _hang(claim, visit, SECOND_SIGNATURE, signature, by=by, at=at)
    claim.move_to(ClaimStatus.VISITED, by=by, at=at)
    take_part(claim.reference, VISIT, by=by, at=at)
    visit.second_signed_at = at
    visit.save(update_fields=["second_signed_at", *_second_was(visit, spot, phone_at)])
    write_figure(claim, Stage.COUNTY, known(visit.found), why=visit.why, by=visit.first, at=at)
    claim.due_at = days_after("review_days", at, claim.scheme)
    claim.save(update_fields=["due_at"])
    tell(
        claim,
        "visited",
        _("The county found %(quantity)s of %(produce)s lost (report %(number)s). Next the money is computed."),
        at=at,
        quantity=lambda: quantity_words(claim),
    )
    return visit


@transaction.atomic
def contest_visit(
    visit: Visit,
    *,
    words: str,
    by: User,
    at: dt.datetime,
    read: Read | None = None,
    spot: Spot | None = None,
    phone_at: dt.datetime | None = None,
) -> Visit:
    """Say, as the second verifier, what is different; the first then writes it down again, changed or not."""
    claim, visit = _read_by_second(visit, read, by=by)
    if not words.strip():
        raise WordsNeeded
    take_part(claim.reference, VISIT, by=by, at=at)
    visit.contested, visit.contested_at = words.strip()[:300], at
    visit.save(update_fields=["contested", "contested_at", *_second_was(visit, spot, phone_at)])
    events.record("visit.contested", claim.reference, by=by, at=at)
    return visit


def _read_by_second(visit: Visit, read: Read | None, *, by: User) -> tuple[LossClaim, Visit]:
    """Lock claim and visit for the second verifier, who has read what stands there."""
    claim, visit = _open(visit)
    if visit.second.person_id != by.person_id:
        raise NotYourVisit
    if visit.first_signed_at is None:
        raise NotWrittenYet
    if read is not None and not read.fits(visit):
        raise ReadOtherwise
    return claim, visit


def _second_was(visit: Visit, spot: Spot | None, phone_at: dt.datetime | None) -> list[str]:
    """Set where and when the second's phone says it was; return the names of the columns."""
    visit.second_latitude_e6, visit.second_longitude_e6, visit.second_accuracy_m = place_of(spot)
    visit.second_odd_place, visit.second_phone_at = spot.odd if spot else "", phone_at
    return ["second_latitude_e6", "second_longitude_e6", "second_accuracy_m", "second_odd_place", "second_phone_at"]


def last_written(visit: Visit) -> str:
    """Return when the first verifier last wrote the visit down, as a page carries it along; empty before."""
    return visit.first_signed_at.isoformat() if visit.first_signed_at else ""


def _open(visit: Visit) -> tuple[LossClaim, Visit]:
    """Lock claim and visit while the visit is this round's and not yet signed by both."""
    claim = lock(visit.claim)
    visit = lock(visit)
    if claim.status != ClaimStatus.TO_VISIT or visit.round != claim.round or visit.redrawn_at is not None:
        raise IllegalMove
    return claim, visit
