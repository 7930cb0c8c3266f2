"""The desks of the registers of canteens by name, and of who else eats from one."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organisation
from canteens import filters, forms
from canteens.models import Kitchen, KitchenShare
from registers.pages.desks import Column, Desk

KITCHENS = Desk(
    key="kitchens",
    name=_("Canteens by name"),
    about=_("Where a buyer has several canteens, or one that others share. Its orders then say for which one."),
    add=_("Write down a canteen by its name"),
    form=forms.KitchenForm,
    change_form=forms.KitchenChangeForm,
    rows=lambda who: Kitchen.objects.select_related("organisation"),
    order=("organisation__name", "name", "-from_on", "pk"),
    columns=(
        Column("organisation", _("Buyer"), lambda row: row.organisation.name),
        Column("name", forms.NAME_OF_KITCHEN, lambda row: row.name),
        Column("address", _("Where goods are brought"), lambda row: row.address),
        Column("run_by", _("Run by"), lambda row: row.run_by),
        Column("from_on", pgettext_lazy("register", "From"), lambda row: row.from_on.isoformat()),
        Column("to_on", _("Until"), lambda row: row.to_on.isoformat() if row.to_on else ""),
        Column("document", pgettext_lazy("register", "Document"), lambda row: row.document),
    ),
    narrowed=filters.KitchenFilter,
    units="organisation",
    unit_kinds=(Organisation.Kind.BUYER,),
    content_of=lambda row: {"kitchen": row.pk, "address": row.address, "to_on": row.to_on},
    by_file=True,
    example={
        "organisation": "示范县第一中学",
        "name": "一食堂",
        "address": "示范镇人民路1号",
        "run_by": "",
        "from_on": "2030-01-01",
    },
)

KITCHEN_SHARES = Desk(
    key="kitchen-shares",
    name=_("Shared canteens"),
    about=_("Which other buyer eats from a canteen and orders for it, and from when until when."),
    add=_("Write down who shares a canteen"),
    form=forms.KitchenShareForm,
    change_form=forms.KitchenShareEndForm,
    rows=lambda who: KitchenShare.objects.select_related("organisation", "kitchen__organisation"),
    order=("kitchen__organisation__name", "kitchen__name", "organisation__name", "-from_on", "pk"),
    columns=(
        Column("organisation", _("Buyer that eats there too"), lambda row: row.organisation.name),
        Column("kitchen_of", _("Whose canteen"), lambda row: row.kitchen.organisation.name),
        Column("name", forms.NAME_OF_KITCHEN, lambda row: row.kitchen.name),
        Column("from_on", pgettext_lazy("register", "From"), lambda row: row.from_on.isoformat()),
        Column("to_on", _("Until"), lambda row: row.to_on.isoformat() if row.to_on else ""),
        Column("document", pgettext_lazy("register", "Document"), lambda row: row.document),
    ),
    narrowed=filters.KitchenShareFilter,
    units="organisation",
    unit_kinds=(Organisation.Kind.BUYER,),
    content_of=lambda row: {"share": row.pk, "to_on": row.to_on},
    by_file=True,
    example={
        "organisation": "示范县教师进修学校",
        "kitchen_of": "示范县第一中学",
        "name": "一食堂",
        "from_on": "2030-01-01",
    },
)

DESKS = (KITCHENS, KITCHEN_SHARES)
