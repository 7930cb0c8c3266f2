"""Relief for programs: the same services and the same doors as the pages."""

import datetime as dt

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from kernel import clock
from kernel.api_fields import KEY, DayField, IdField, KilogramField, WholeNumberField, YuanField, read_input
from kernel.api_pages import PAGING, PageOut, answer_page
from kernel.errors import BadValue
from losses import permissions
from losses.api.rounds import RoundOut, SampleDrawOut
from losses.api.told import ToldIn, ToldOut, told_of
from losses.forms import CONSENTS
from losses.models import Cause, Goods, LookedAt, LossClaim, Reason
from losses.pages.refusals import bring_words
from losses.pages.words import head_name
from losses.selectors import claims, schemes
from losses.selectors.sampling import shown_draw
from losses.services import answering, awarding, checking, claiming, reporting, unusual
from losses.services.holding import Seen, Spot
from produce.api_fields import ProduceNameField
from produce.services.stock import in_stock_unit
from records.doors import act_for_program, program_acts_on
from records.services.photos import receive_photo

MOST_PHOTOS = 6


class FigureOut(serializers.Serializer):
    """What one stage found."""

    stage = serializers.CharField()
    round = serializers.IntegerField()
    quantity = serializers.IntegerField(help_text="in the stock unit of the goods")
    kg = KilogramField(source="quantity_g")
    why = serializers.CharField()
    looked_at = serializers.ListField(child=serializers.CharField(), help_text="what whoever checked looked at")
    shown = serializers.SerializerMethodField(help_text="whether whoever checked took a photo")
    accuracy_m = serializers.IntegerField(allow_null=True, help_text="of the place of a check; null is unknown")
    at = serializers.DateTimeField()

    def get_shown(self, figure) -> bool:
        """Return whether a photo of this stage hangs on the claim."""
        return figure.photo_id is not None


class ClaimOut(serializers.Serializer):
    """One claim as whoever may see it reads it; the household's name masked for those who need no more."""

    id = IdField()
    number = serializers.CharField()
    report = IdField(source="report_id", help_text="of which this is a line")
    report_number = serializers.CharField(source="report.number")
    line = serializers.IntegerField(help_text="which line of its report")
    of_lines = serializers.IntegerField(help_text="lines of its report in all")
    status = serializers.CharField()
    round = serializers.IntegerField()
    cause = serializers.CharField()
    produce = serializers.CharField(source="goods.produce.code")
    produce_name = ProduceNameField(source="goods.produce")
    listing = IdField(source="listing_id", allow_null=True, help_text="null for a crop that was never harvested")
    season = IdField(source="plot_season_id", allow_null=True, help_text="of the crop, as it stood when reported")
    sale = IdField(source="sale_id", allow_null=True, help_text="of what was sold below the reference price")
    category = serializers.CharField(
        source="rate.category", help_text="A sold too low, B after harvest, C never harvested"
    )
    notice = serializers.SerializerMethodField()
    village = serializers.CharField(source="household.village.short_name")
    name = serializers.SerializerMethodField()
    happened_on = DayField()
    filed_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    pay_days = serializers.IntegerField(source="scheme.pay_days", help_text="days after the award")
    paid_at = serializers.DateTimeField(source="arrived", default=None, allow_null=True, help_text="on the card")
    by_proxy = serializers.BooleanField()
    reason_code = serializers.CharField()
    reason = serializers.CharField()
    bring = serializers.SerializerMethodField(help_text="what would help where it was sent back or refused")
    kg = serializers.SerializerMethodField()
    amount_yuan = serializers.SerializerMethodField()
    draw = serializers.SerializerMethodField()
    figures = serializers.SerializerMethodField()
    told = serializers.SerializerMethodField(help_text="what the household says of money from elsewhere")
    earlier_rounds = serializers.SerializerMethodField()

    @extend_schema_field(IdField(allow_null=True))
    def get_notice(self, claim: LossClaim) -> int | None:
        """Return the notice of loss it answers, if one was given before."""
        notice = claims.early_notice(claim)
        return notice.pk if notice is not None else None

    def get_name(self, claim: LossClaim) -> str:
        """Return the head of household, in full only for those who may read it."""
        user = self.context["request"].user
        return head_name(claim, full=permissions.sees_names(user, claim))

    def get_bring(self, claim: LossClaim) -> str:
        """Return what would help."""
        return bring_words(claim)

    @extend_schema_field(KilogramField())
    def get_kg(self, claim: LossClaim) -> str:
        """Return the latest weight."""
        return KilogramField().to_representation(claims.latest_figure(claim).quantity_g)

    @extend_schema_field(YuanField(allow_null=True))
    def get_amount_yuan(self, claim: LossClaim) -> str | None:
        """Return the computed amount, null before it was computed."""
        computation = claims.present_computation(claim)
        return YuanField().to_representation(computation.amount_fen) if computation else None

    @extend_schema_field(SampleDrawOut(allow_null=True))
    def get_draw(self, claim: LossClaim) -> dict | None:
        """Return the draw that says whether it is visited, once the village notice has ended."""
        drawn = shown_draw(claim)
        return dict(SampleDrawOut(drawn).data) if drawn is not None else None

    @extend_schema_field(FigureOut(many=True))
    def get_figures(self, claim: LossClaim) -> list:
        """Return what each stage found."""
        return list(FigureOut(claims.all_figures(claim), many=True).data)

    @extend_schema_field(ToldOut())
    def get_told(self, claim: LossClaim) -> dict:
        """Return what was told when it was last filed."""
        return dict(ToldOut(claims.present_round(claim)).data)

    @extend_schema_field(RoundOut(many=True))
    def get_earlier_rounds(self, claim: LossClaim) -> list:
        """Return what was said of it before it was sent back."""
        return list(RoundOut(claims.earlier_rounds(claim), many=True).data)


class ClaimPageOut(PageOut):
    """One page of claims."""

    results = ClaimOut(many=True)


class Quantity(serializers.Serializer):
    """A quantity as the lot counts it: kilograms, or pieces for what is sold by the head."""

    kg = KilogramField(required=False, zero_ok=True)
    pieces = WholeNumberField(required=False, min_value=0, max_value=1_000_000)


class Claims(APIView):
    """One's own claims, and a new one."""

    parser_classes = [MultiPartParser]

    @extend_schema_serializer(component_name="ClaimFile")
    class Input(Quantity, ToldIn):
        """A loss on one lot, or of one crop never harvested; photos come as files."""

        listing = IdField(required=False, help_text="the lot; else `season`")
        season = IdField(required=False, help_text="what is grown and was never harvested; else `listing`")
        cause = serializers.ChoiceField(Cause.choices)
        happened_on = DayField()
        words = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
        consent = serializers.ChoiceField(CONSENTS, required=False, default="", allow_blank=True)
        sure = serializers.BooleanField(
            required=False, default=False, help_text="an amount far above the usual is meant"
        )
        photos = serializers.ListField(child=serializers.FileField(), min_length=1, max_length=MOST_PHOTOS)

    @extend_schema(parameters=PAGING, responses=ClaimPageOut, operation_id="claim_list_mine")
    def get(self, request):
        """List the household's claims and those one filed for others, newest first."""
        mine = permissions.visible_claims(request.user).filter(claims.mine(request.user))
        return answer_page(claims.with_rounds(claims.with_story(mine)), ClaimOut, request=request, view=self)

    @extend_schema(
        request={"multipart/form-data": Input},
        responses={201: ClaimOut},
        parameters=[KEY],
        operation_id="claim_file",
    )
    def post(self, request):
        """Report a loss; the same key again returns the same claim."""
        data = read_input(self.Input, request)
        goods = goods_of(request.user, data)
        scheme = schemes.fitting(goods, on=clock.county_day(clock.now()))
        if scheme is None:
            raise claiming.NoRate if "listing" in data else claiming.NoRateForCrops
        quantity, told = stock_of(goods, data), told_of(data)

        def act(at: dt.datetime) -> dict[str, int]:
            unusual.require_sure(goods, quantity, sure=data["sure"])
            claim = reporting.file_claim(
                scheme=schemes.fitting_day(goods, data["happened_on"], scheme),
                goods=goods,
                cause=data["cause"],
                quantity=quantity,
                happened_on=data["happened_on"],
                words=data["words"],
                photos=[receive_photo(photo, by=request.user, at=at, public=False) for photo in data["photos"]],
                by=request.user,
                at=at,
                consent=data["consent"],
                told=told,
            )
            return {"claim": claim.pk}

        claim_data = {name: value for name, value in data.items() if name != "photos"}
        answer = act_for_program(request, claim_data, act)
        return shown_claim(request, answer["claim"], status=201)


class Claim(APIView):
    """One claim."""

    @extend_schema(responses=ClaimOut, operation_id="claim_detail")
    def get(self, request, claim_id):
        """Return one claim with what each stage found."""
        return shown_claim(request, claim_id)


PLACE = ("latitude_e6", "longitude_e6", "accuracy_m")


class Placed(Quantity):
    """A quantity found on the spot, with where the phone stood."""

    latitude_e6 = WholeNumberField(min_value=0, max_value=90_000_000, required=False)
    longitude_e6 = WholeNumberField(min_value=0, max_value=180_000_000, required=False)
    accuracy_m = WholeNumberField(min_value=0, max_value=100_000, required=False)


def spot_of(data) -> Spot | None:
    """Return where the phone stood, if all of it was told."""
    place = {name: data[name] for name in PLACE if name in data}
    return Spot(**place) if len(place) == len(PLACE) else None


class Check(APIView):
    """What one stage found."""

    parser_classes = [JSONParser, MultiPartParser]

    @extend_schema_serializer(component_name="ClaimCheck")
    class Input(Placed):
        """How much, why it is less, what was looked at, and a photo of it where the scheme asks for one."""

        why = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
        looked_at = serializers.MultipleChoiceField(choices=LookedAt.choices, allow_empty=False)
        photo = serializers.FileField(required=False)

    def check(self, request, claim_id, to, service):
        """Run one check through its door."""
        claim = permissions.access_claim(request.user, claim_id, to=to)
        data = read_input(self.Input, request)
        quantity = stock_of(claim.goods, data)
        photo, data["looked_at"] = data.pop("photo", None), sorted(data["looked_at"])

        def act(at: dt.datetime) -> None:
            shown = receive_photo(photo, by=request.user, at=at, public=False) if photo is not None else None
            seen = Seen(shown, spot_of(data), data["looked_at"])
            service(claim, quantity=quantity, why=data["why"], seen=seen, by=request.user, at=at)

        act_for_program(request, data, act)
        return shown_claim(request, claim_id)


class VillageCheck(Check):
    """The village's check."""

    @extend_schema(
        request={"multipart/form-data": Check.Input, "application/json": Check.Input},
        responses=ClaimOut,
        parameters=[KEY],
        operation_id="claim_village_check",
    )
    def post(self, request, claim_id):
        """Write what the village found."""
        return self.check(request, claim_id, permissions.can_village_check, checking.village_check)


class TownshipCheck(Check):
    """The township's check."""

    @extend_schema(
        request={"multipart/form-data": Check.Input, "application/json": Check.Input},
        responses=ClaimOut,
        parameters=[KEY],
        operation_id="claim_township_check",
    )
    def post(self, request, claim_id):
        """Write what the township found."""
        return self.check(request, claim_id, permissions.can_township_check, checking.township_check)


class AwardClaim(APIView):
    """The decision: yes."""

    @extend_schema(request=None, responses=ClaimOut, parameters=[KEY], operation_id="claim_award")
    def post(self, request, claim_id):
        """Award the noticed amount."""
        claim = permissions.access_claim(request.user, claim_id, to=permissions.can_decide)
        program_acts_on(request, awarding.award, claim)
        return shown_claim(request, claim_id)


class Answer(APIView):
    """Sent back or refused, with a reason the household reads."""

    @extend_schema_serializer(component_name="ClaimAnswer")
    class Input(serializers.Serializer):
        """A coded reason and a sentence."""

        code = serializers.ChoiceField(Reason.choices)
        reason = serializers.CharField(max_length=300)

    def answer(self, request, claim_id, service):
        """Answer through the door of the stage the claim stands at."""
        claim = permissions.access_claim(request.user, claim_id, to=permissions.can_answer)
        program_acts_on(request, service, claim, self.Input)
        return shown_claim(request, claim_id)


class RefuseClaim(Answer):
    """The decision: no."""

    @extend_schema(request=Answer.Input, responses=ClaimOut, parameters=[KEY], operation_id="claim_refuse")
    def post(self, request, claim_id):
        """Refuse a claim; its kilos and its held money go back."""
        return self.answer(request, claim_id, answering.refuse)


class SendBackClaim(Answer):
    """Not yet: something is missing."""

    @extend_schema(request=Answer.Input, responses=ClaimOut, parameters=[KEY], operation_id="claim_send_back")
    def post(self, request, claim_id):
        """Send a claim back to be completed."""
        return self.answer(request, claim_id, answering.send_back)


def shown_claim(request, claim_id, *, status=200) -> Response:
    """Answer with a claim as whoever asked may see it."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_see)
    return Response(ClaimOut(claim, context={"request": request}).data, status=status)


def goods_of(user: User, data) -> Goods:
    """Return the lot or the crop whose loss is reported: exactly one of them is named."""
    if ("listing" in data) == ("season" in data):
        raise BadValue(_("Send either `listing` or `season`."))
    if "season" in data:
        return permissions.access_crop_to_report(user, data["season"])
    return permissions.access_listing_to_report(user, data["listing"])


def stock_of(goods: Goods, data) -> int:
    """Return the quantity in the unit of the goods."""
    if data.keys() >= {"kg", "pieces"}:
        raise BadValue(_("Send either `kg` or `pieces`."))
    return in_stock_unit(goods.stock_unit, grams=data.get("kg"), pieces=data.get("pieces"))
