"""The desks of the registers that belong to no other room: channels, organisations, posts, rules, working days."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import ADMINISTRATORS, BankCard, Channel, Membership, Organisation, Place, Role
from accounts.permissions import can_end_sessions
from accounts.selectors import Standing, spoken_time
from kernel.masking import mask_card, mask_name
from kernel.shown import Action
from records.models import CalendarDay, PolicyValue
from records.selectors.policy import DEFAULTS, policies_on
from registers import filters, forms
from registers.pages.begun import cards_to_fill, days_to_fill, offices_to_register, posts_to_fill, yes_no
from registers.pages.desks import Column, Desk, Overview
from registers.services.policies import POLICY_NAMES
from registers.services.rules import Content


def _two_names(row: PolicyValue) -> str:
    people: list[Any] = [row.set_by, row.confirmed_by]
    return "、".join(user.person.name for user in people if user is not None and user.person is not None)


def _earlier(row: Place) -> str:
    """Return what a place was called before, newest first, each with its last day."""
    names = sorted((name for name in row.names.all() if name.valid_to), key=lambda name: name.valid_from, reverse=True)
    return "、".join(f"{name.name} –{name.valid_to}" for name in names)


PLACES = Desk(
    key="places",
    name=_("Places"),
    about=_("Townships and villages by their codes. Households, posts and notices belong to one."),
    add=_("Propose a place"),
    form=forms.PlaceForm,
    change_form=forms.PlaceNameForm,
    rows=lambda who: Place.objects.select_related("parent").prefetch_related("names"),
    order=("code",),
    columns=(
        Column("name", pgettext_lazy("register", "Name"), lambda row: row.name),
        Column("level", _("Level"), lambda row: row.get_level_display()),
        Column("parent", _("Place above"), lambda row: row.parent.name if row.parent else ""),
        Column("code", _("Code"), lambda row: row.code),
        Column("earlier", _("Called before"), _earlier),
    ),
    narrowed=filters.PlaceFilter,
    content_of=lambda row: {"place": row.pk, "name": row.name},
    by_file=True,
    example={
        "code": "110101001299",
        "level": "村",
        "parent": "示范镇",
        "name": "示范村委会",
        "from_on": "2020-01-01",
    },
)

CHANNELS = Desk(
    key="channels",
    name=_("Buyer channels"),
    about=_("The kinds of buyers (六进) that every report counts by."),
    add=_("Propose a channel"),
    form=forms.ChannelForm,
    change_form=forms.ChannelChangeForm,
    rows=lambda who: Channel.objects.all(),
    order=("position", "code"),
    columns=(
        Column("name_zh", _("Name in Chinese"), lambda row: row.name_zh),
        Column("name_en", _("Name in English"), lambda row: row.name_en),
        Column("code", _("Code"), lambda row: row.code),
        Column("position", _("Position in lists"), lambda row: row.position),
        Column("runs_canteen", _("Its buyers run a canteen"), lambda row: yes_no(row.runs_canteen)),
        Column("asks_test", _("Its kitchens ask for a test slip"), lambda row: yes_no(row.asks_test)),
    ),
    narrowed=filters.ChannelFilter,
    content_of=lambda row: {
        "code": row.code,
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "position": row.position,
        "asks_test": row.asks_test,
    },
    by_file=True,
    example={"code": "school", "name_zh": "学校", "name_en": "Schools", "position": "2"},
)

ORGANISATIONS = Desk(
    key="organisations",
    name=_("Organisations"),
    about=_("Offices, co-operatives and buyers. Nobody can be appointed where nothing is registered."),
    add=_("Propose an organisation"),
    form=forms.OrganisationForm,
    change_form=forms.OrganisationChangeForm,
    rows=lambda who: Organisation.objects.select_related("place", "channel"),
    order=("name", "pk"),
    columns=(
        Column("name", pgettext_lazy("register", "Name"), lambda row: row.name),
        Column("kind", _("Kind"), lambda row: row.get_kind_display()),
        Column("channel", _("Buyer channel"), lambda row: row.channel.name_zh if row.channel else ""),
        Column("place", _("Place"), lambda row: row.place.name),
        Column("phone", _("Telephone"), lambda row: row.phone),
    ),
    narrowed=filters.OrganisationFilter,
    content_of=lambda row: {
        "organisation": row.pk,
        "name": row.name,
        "place": row.place_id,
        "phone": row.phone,
        "uscc": row.uscc,
    },
    by_file=True,
    file_rows=offices_to_register,
    example={
        "name": "示范县第一中学",
        "kind": "采购单位",
        "channel": "学校",
        "place": "示范镇",
        "phone": "010-12345678",
    },
)


def _posts_seen_by(who: Standing) -> QuerySet[Membership]:
    """Return the posts that this person decides about: those of the own organisation; all for the administrators."""
    posts = Membership.objects.select_related("person", "organisation", "area", "deputises__person")
    if who.has(*ADMINISTRATORS) or any(
        post.role == Role.HEAD_OF_OFFICE and post.organisation_kind == Organisation.Kind.BUREAU for post in who.posts
    ):
        return posts
    return posts.filter(organisation_id__in=who.organisations(Role.HEAD_OF_OFFICE))


def owner_in_words(row: BankCard) -> str:
    """Return whose card it is: the household's number with its masked head, or the organisation."""
    if row.household is not None:
        return _("%(number)s %(name)s") % {"number": row.household.number, "name": mask_name(row.household.head_name)}
    return row.organisation.name if row.organisation is not None else ""


def _acts_about(who: Standing, row: Membership) -> list[Action]:
    """Return what the security administrator sees and ends about a person at once, without a second one."""
    if not can_end_sessions(who):
        return []
    return [Action(reverse("session-list", args=[row.person_id]), str(_("Where this person is signed in")))]


POSTS = Desk(
    key="posts",
    personal=True,
    name=_("Posts"),
    about=_("Who works for which organisation, as what, from when to when. A post counts from the next page on."),
    add=_("Propose an appointment"),
    form=forms.PostForm,
    change_form=forms.PostEndForm,
    rows=_posts_seen_by,
    order=("organisation_id", "role", "pk"),
    columns=(
        Column("name", _("Name"), lambda row: row.person.name),
        Column("role", _("Post"), lambda row: row.get_role_display()),
        Column("organisation", _("Organisation"), lambda row: row.organisation.name),
        Column("area", _("Area"), lambda row: row.area.name),
        Column("from_on", pgettext_lazy("register", "From"), lambda row: row.from_on.isoformat()),
        Column("to_on", _("Until"), lambda row: row.to_on.isoformat() if row.to_on else ""),
        Column("deputises", _("Deputy of"), lambda row: row.deputises.person.name if row.deputises else ""),
    ),
    narrowed=filters.PostFilter,
    content_of=lambda row: {"post": row.pk, "to_on": row.to_on},
    acts=_acts_about,
    units="organisation",
    own_units=(Role.HEAD_OF_OFFICE,),
    by_file=True,
    file_rows=posts_to_fill,
    example={
        "name": "王小明",
        "id_number": "110101198001010010",
        "phone": "13800000000",
        "organisation": "示范县第一中学",
        "role": "食堂采购员",
        "from_on": "2030-01-01",
    },
)


def _card_begins(_who: Standing, asked: Mapping[str, str]) -> Content:
    """Return what is known of whoever a page led here for: the owner and the bank; a name or a number is typed anew."""
    try:
        household = UUID(asked.get("household", ""))
    except ValueError:
        return {"owner": asked.get("owner", "")}
    card = BankCard.objects.filter(household=household, to_at=None).select_related("household").first()
    if card is None or card.household is None:
        return {"owner": asked.get("owner", "")}
    return {"owner": card.household.number, "bank": card.bank}


CARDS = Desk(
    key="cards",
    personal=True,
    name=_("Bank cards"),
    about=_("Where households and co-operatives are paid. Without a card nobody is paid."),
    add=_("Propose a card"),
    form=forms.CardForm,
    rows=lambda who: BankCard.objects.select_related("household", "organisation"),
    order=("-from_at", "pk"),
    columns=(
        Column("owner", _("Whose card"), owner_in_words),
        Column("holder", _("Name on the card"), lambda row: mask_name(row.holder) if row.household else row.holder),
        Column("number", _("Card number"), lambda row: mask_card(row.number)),
        Column("bank", _("Bank"), lambda row: row.bank),
        Column("from_at", pgettext_lazy("register", "From"), lambda row: spoken_time(row.from_at)),
        Column("to_at", _("Until"), lambda row: spoken_time(row.to_at) if row.to_at else ""),
    ),
    narrowed=filters.CardFilter,
    begins=_card_begins,
    by_file=True,
    file_rows=cards_to_fill,
    example={
        "owner": "R0001",
        "holder": "黄秀英",
        "number": "6217990000000000000",
        "bank": "示范农商银行",
        "lost": "否",
    },
)


def _rules_today(today: dt.date) -> Overview:
    """Return every rule with what ships with the product and what holds today."""
    values, url = policies_on(today), reverse("register-new", args=["policies"])
    columns = (_("Rule"), _("Unless the county decides otherwise"), _("Today"))
    cells = {name: (rule, DEFAULTS[name], values[name]) for name, rule in POLICY_NAMES}
    return Overview(
        title=_("All rules, as they hold today"),
        columns=columns,
        rows=[(list(zip(columns, row, strict=True)), f"{url}?name={name}") for name, row in cells.items()],
    )


POLICIES = Desk(
    key="policies",
    name=_("Policy values"),
    about=_("The numbers of the rules. What was decided before a value changes keeps the one it was decided by."),
    add=_("Propose a value"),
    form=forms.PolicyForm,
    rows=lambda who: PolicyValue.objects.filter(confirmed_by__isnull=False).select_related(
        "set_by__person", "confirmed_by__person"
    ),
    order=("name", "-from_on", "pk"),
    columns=(
        Column("name", _("Rule"), lambda row: dict(POLICY_NAMES).get(row.name, row.name)),
        Column("value", _("Value"), lambda row: row.value),
        Column("from_on", pgettext_lazy("register", "From"), lambda row: row.from_on.isoformat()),
        Column("document", pgettext_lazy("register", "Document"), lambda row: row.document),
        Column("hands", _("Set and confirmed by"), _two_names),
    ),
    narrowed=filters.PolicyFilter,
    overview=_rules_today,
)


CALENDAR = Desk(
    key="calendar",
    name=_("Working days"),
    about=_(
        "Days on which the county departs from the national calendar, and every day of a year that it does not know"
        " yet: the file to fill in holds them all, write the holidays into it."
    ),
    add=_("Propose a day"),
    form=forms.CalendarForm,
    rows=lambda who: CalendarDay.objects.all(),
    order=("-day",),
    columns=(
        Column("day", pgettext_lazy("register", "Day"), lambda row: row.day.isoformat()),
        Column("is_workday", _("Is it a working day?"), lambda row: yes_no(row.is_workday)),
        Column("document", pgettext_lazy("register", "Document"), lambda row: row.document),
    ),
    narrowed=filters.CalendarFilter,
    by_file=True,
    file_rows=days_to_fill,
    example={"day": "2030-01-01", "is_workday": "否"},
)


DESKS = (PLACES, CHANNELS, ORGANISATIONS, POSTS, CARDS, POLICIES, CALENDAR)
