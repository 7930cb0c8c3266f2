"""Deputies of approvers for programs: read, named, ended, as on the page."""

import datetime as dt

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from canteens import permissions
from canteens.selectors.deputies import deputies_of
from canteens.services import deputies
from kernel import clock
from kernel.api_fields import KEY, DayField, IdField, read_input
from kernel.api_pages import PAGING, PageOut, answer_page
from kernel.errors import BadValue
from records.doors import act_for_program, program_acts_on


class DeputyOut(serializers.Serializer):
    """Who answers for whom at which buyer."""

    id = IdField(source="pk")
    buyer = serializers.CharField(source="organisation.name")
    person = serializers.CharField(source="person.name", help_text="the approver")
    deputy = serializers.CharField(source="deputy.name")
    from_on = DayField()
    to_on = DayField(help_text="the first day without it")


class CandidateOut(serializers.Serializer):
    """Somebody who may be named, at which buyer."""

    buyer = IdField()
    deputy = serializers.UUIDField()
    name = serializers.CharField()


class DeputyPageOut(PageOut):
    """One page of deputies."""

    results = DeputyOut(many=True)


class Deputies(APIView):
    """Whom one named, for whom one answers, and a new one."""

    @extend_schema_serializer(component_name="DeputyIn")
    class Input(serializers.Serializer):
        """Who answers, at which buyer, from which day to which."""

        buyer = IdField()
        deputy = serializers.UUIDField(help_text="one of those under people/")
        from_on = DayField()
        last_on = DayField()

    @extend_schema(parameters=PAGING, responses=DeputyPageOut, operation_id="deputy_list")
    def get(self, request: SignedInCall) -> Response:
        """List the deputies one named and whom one is a deputy of, the newest first."""
        permissions.access_deputies(request.user, clock.county_day(clock.now()))
        return answer_page(deputies_of(request.user).order_by("-pk"), DeputyOut, request=request, view=self)

    @extend_schema(request=Input, responses={201: DeputyOut}, parameters=[KEY], operation_id="deputy_name")
    def post(self, request: SignedInCall) -> Response:
        """Name who answers for oneself; the deputy is told."""
        permissions.access_deputy_new(request.user)
        asked = read_input(self.Input, request)
        offered = permissions.access_deputies(request.user, clock.county_day(clock.now()))
        known = {(unit.pk, person.pk): (unit, person) for unit, person in offered}
        unit, person = known.get((asked["buyer"], asked["deputy"]), (None, None))
        if unit is None or person is None:
            raise BadValue(_("This person holds no post at your unit. Choose somebody who does."))

        def act(at: dt.datetime) -> dict[str, int]:
            days = asked["from_on"], asked["last_on"]
            return {"deputy": deputies.name_deputy(unit, person, *days, by=request.user, at=at).pk}

        return _deputy(request, act_for_program(request, asked, act)["deputy"], status=201)


class People(APIView):
    """Who may answer for oneself."""

    @extend_schema(responses=CandidateOut(many=True), operation_id="deputy_people")
    def get(self, request: SignedInCall) -> Response:
        """List the people of one's buyers whom one may name, by name."""
        permissions.access_deputy_new(request.user)
        offered = permissions.access_deputies(request.user, clock.county_day(clock.now()))
        rows = [{"buyer": unit.pk, "deputy": person.pk, "name": person.name} for unit, person in offered]
        return Response(CandidateOut(rows, many=True).data)


class EndDeputy(APIView):
    """The end of a deputy."""

    @extend_schema(request=None, responses=DeputyOut, parameters=[KEY], operation_id="deputy_end")
    def post(self, request: SignedInCall, deputy_id: int) -> Response:
        """End from today on whom one named."""
        row = permissions.access_deputy_to_end(request.user, deputy_id)
        program_acts_on(request, deputies.end_deputy, row)
        return _deputy(request, deputy_id)


def _deputy(request: SignedInCall, deputy_id: int, *, status: int = 200) -> Response:
    return Response(DeputyOut(deputies_of(request.user).get(pk=deputy_id)).data, status=status)
