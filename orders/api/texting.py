"""Texts of sellers for programs: what the gateway brings, and on which somebody must call."""

import hashlib
import hmac

from django.conf import settings
from django.http import Http404
from django.http.request import RawPostDataException
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from accounts.models import InboundMessage
from accounts.services.inbound import take_in
from accounts.services.readings import note_reading
from kernel import clock
from kernel.api_fields import ExactJSONParser, read_input
from kernel.api_pages import PAGING, KeysetPages, PageOut, answer_page
from kernel.masking import mask_name
from orders import permissions
from orders.selectors.texting import texts_seen_by

SIGNATURE = "X-Signature"


class SignedByGateway(BasePermission):
    """The body is signed with the secret that county and gateway share; without a secret there is no such door."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Compare the signature of the bytes that came, in a time that says nothing."""
        if not settings.SMS_INBOUND_SECRET:
            raise Http404
        try:
            body: bytes = request._request.body
        except RawPostDataException:  # a form, read before it came here; the gateway sends JSON
            return False
        made = hmac.new(settings.SMS_INBOUND_SECRET.encode(), body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(made.encode(), request.headers.get(SIGNATURE, "").encode())


class TextsIn(SimpleRateThrottle):
    """The gateway is one caller, from whatever address."""

    rate = "600/min"
    scope = "texts-in"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        """Count all that the gateway brings together."""
        return self.cache_format % {"scope": self.scope, "ident": "gateway"}


@method_decorator(never_cache, name="dispatch")
class TextIn(APIView):
    """The gateway's door."""

    authentication_classes = []
    permission_classes = [SignedByGateway]
    parser_classes = [ExactJSONParser]
    throttle_classes = [TextsIn]

    @extend_schema_serializer(component_name="TextIn")
    class Input(serializers.Serializer):
        """One text as the gateway has it; the same message_id again changes nothing."""

        message_id = serializers.CharField(max_length=64)
        phone = serializers.CharField(max_length=20)
        text = serializers.CharField(max_length=10_000, allow_blank=True, trim_whitespace=False)

    @extend_schema_serializer(component_name="TextTaken")
    class Output(serializers.Serializer):
        """Whether the text was new."""

        new = serializers.BooleanField()

    @extend_schema(request=Input, responses=Output, operation_id="text_in")
    def post(self, request: Request) -> Response:
        """Keep a text that somebody sent to the county's number; X-Signature is the hex HMAC-SHA256 of the body."""
        data = read_input(self.Input, request)
        new = take_in(gateway_id=data["message_id"], phone=data["phone"], body=data["text"], at=clock.now())
        return Response({"new": new})


class TextOut(serializers.Serializer):
    """One text on which somebody calls."""

    id = serializers.UUIDField(source="pk")
    state = serializers.ChoiceField(InboundMessage.State.choices)
    household = serializers.SerializerMethodField()
    phone = serializers.CharField()
    text = serializers.CharField(source="body")
    received_at = serializers.DateTimeField()
    still_asked = serializers.BooleanField(help_text="Whether a buyer waits for this household's answer.")

    def get_household(self, text: InboundMessage) -> str:
        """Return the masked name of the household's head, empty for an unknown phone."""
        return mask_name(text.household.head_name) if text.household is not None else ""


class TextPageOut(PageOut):
    """One page of texts."""

    results = TextOut(many=True)


class NewestTexts(KeysetPages):
    """The text that came last at the top."""

    ordering = "-received_at"


class AnswerTexts(APIView):
    """Texts to call about."""

    @extend_schema(parameters=PAGING, responses=TextPageOut, operation_id="answer_texts")
    def get(self, request: SignedInCall) -> Response:
        """List today's texts of one's households that nobody could act on, the newest first."""
        permissions.access_texts(request.user)
        at = clock.now()
        texts = texts_seen_by(request.user, at)
        answer = answer_page(texts, TextOut, request=request, view=self, pages=NewestTexts)
        note_reading(by=request.user, door="answer-texts", people=len(answer.data["results"]), at=at)
        return answer
