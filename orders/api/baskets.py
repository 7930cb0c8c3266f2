"""Endpoint of the basket: a chat text read into lines."""

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from kernel.api_fields import KilogramField, read_input
from orders import permissions
from orders.pasted.reading import Line, read
from orders.selectors.pasted import book
from orders.services.baskets import MOST_TEXT


@extend_schema_serializer(component_name="BasketText")
class TextIn(serializers.Serializer):
    """The words of a chat."""

    text = serializers.CharField(max_length=MOST_TEXT, trim_whitespace=False)


@extend_schema_serializer(component_name="BasketGoods")
class GoodsOut(serializers.Serializer):
    """One entry of the dictionary."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()


@extend_schema_serializer(component_name="BasketQuestion")
class QuestionOut(serializers.Serializer):
    """Why a line has to be asked about."""

    code = serializers.CharField()
    words = serializers.CharField()


@extend_schema_serializer(component_name="BasketLine")
class LineOut(serializers.Serializer):
    """One line as it was read: with a question it is only a guess."""

    said = serializers.CharField()
    produce = GoodsOut(allow_null=True)
    kg = KilogramField(allow_null=True)
    pieces = serializers.IntegerField(allow_null=True)
    grade = serializers.CharField(allow_blank=True)
    questions = QuestionOut(many=True)
    candidates = GoodsOut(many=True)


@extend_schema_serializer(component_name="BasketLines")
class LinesOut(serializers.Serializer):
    """The lines of a text, in its order."""

    lines = LineOut(many=True)


class ReadBasket(APIView):
    """Reading what a kitchen wrote."""

    @extend_schema(request=TextIn, responses=LinesOut, operation_id="order_basket_read")
    def post(self, request: SignedInCall) -> Response:
        """Read a chat text into lines; nothing is kept or ordered. Lines with a question are guesses: ask first."""
        permissions.access_buying(request.user)
        reading = read(read_input(TextIn, request)["text"], book())
        return Response(LinesOut({"lines": [_shown(line) for line in reading.lines]}).data)


def _shown(line: Line) -> dict[str, object]:
    return {
        "said": line.said,
        "produce": line.good,
        "kg": line.grams,
        "pieces": line.pieces,
        "grade": line.grade,
        "questions": [{"code": doubt.value, "words": doubt.label} for doubt in line.doubts],
        "candidates": line.meant.candidates,
    }
