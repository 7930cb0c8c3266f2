"""Fields of the API that name produce by its code. Knows DRF, as `kernel.api_fields`."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from kernel.present import Named, name_of
from produce.selectors.dictionary import words


@extend_schema_field({"type": "string", "description": "the code of a produce, of `/produce/`", "example": "cabbage"})
class ProduceField(serializers.Field):
    """The number of a produce in the database inside, its code outside, as `/produce/` lists it."""

    default_error_messages = {"unknown": _("There is no such produce in the dictionary.")}

    def to_internal_value(self, data: Any) -> int:
        for word in words():
            if word.code == data:
                return word.id
        self.fail("unknown")


@extend_schema_field({"type": "string", "description": "the produce in the reader's language", "example": "Cabbage"})
class ProduceNameField(serializers.Field):
    """What a produce is called, for whoever reads the answer; programs compare its code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: Named) -> str:
        return name_of(value)
