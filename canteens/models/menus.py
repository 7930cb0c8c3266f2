"""The menu of a week: what a canteen cooks on which day, and how many grams of what go to a head."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Organisation
from kernel.constraints import within
from kernel.workflow import append_only
from produce.models import Produce

MOST_GRAMS = 2_000  # of one ingredient, for one head
MOST_HEADS = 100_000


class Menu(models.Model):
    """What one buyer cooks in one week, as published. It is never changed: the latest turn of a week counts."""

    HISTORY = True

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="menus")
    monday = models.DateField()
    turn = models.PositiveSmallIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = append_only()
        constraints = [
            models.UniqueConstraint(fields=["organisation", "monday", "turn"], name="menu_published_once"),
            models.CheckConstraint(condition=Q(monday__iso_week_day=1), name="menu_begins_on_monday"),
        ]


class MenuDay(models.Model):
    """For how many a canteen cooks on one day of a menu."""

    HISTORY = True

    menu = models.ForeignKey(Menu, models.PROTECT, related_name="days")
    day = models.DateField()
    heads = models.PositiveIntegerField()

    class Meta:
        triggers = append_only()
        constraints = [
            models.UniqueConstraint(fields=["menu", "day"], name="menu_day_once"),
            within("heads", 1, MOST_HEADS, name="menu_heads_bounded"),
        ]


class MenuDish(models.Model):
    """One dish of a day."""

    HISTORY = True

    day = models.ForeignKey(MenuDay, models.PROTECT, related_name="dishes")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=30)

    class Meta:
        triggers = append_only()
        constraints = [models.UniqueConstraint(fields=["day", "position"], name="menu_dish_once")]


class MenuPart(models.Model):
    """What goes into a dish for one head, in grams before cleaning; `produce` where the dictionary knows it."""

    HISTORY = True

    dish = models.ForeignKey(MenuDish, models.PROTECT, related_name="parts")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=30)
    produce = models.ForeignKey(Produce, models.PROTECT, null=True, related_name="+")
    grams = models.PositiveSmallIntegerField()

    class Meta:
        triggers = append_only()
        constraints = [
            models.UniqueConstraint(fields=["dish", "position"], name="menu_part_once"),
            within("grams", 1, MOST_GRAMS, name="menu_grams_bounded"),
        ]
