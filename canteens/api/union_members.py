"""The members of unions for programs: listed masked, brought as one list, entered by another person."""

import datetime as dt
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from accounts.services.readings import note_reading
from canteens import permissions
from canteens.filters import UnionMemberFilter
from canteens.models import MOST_MEMBERS, UnionListStatus, UnionMember
from canteens.selectors.union_members import lists_seen_by, members_seen_by
from canteens.services import union_members
from kernel import clock
from kernel.api_fields import KEY, DayField, read_input
from kernel.api_pages import PAGING, PageOut, answer_page, narrowed_for_program, parameters_of
from kernel.masking import mask_id, mask_name
from records.doors import act_for_program, program_acts_on


class UnionMemberOut(serializers.Serializer):
    """One member, masked."""

    id = serializers.UUIDField(source="pk")
    buyer = serializers.CharField(source="organisation.name")
    name = serializers.SerializerMethodField(help_text="masked")
    id_number = serializers.SerializerMethodField(help_text="masked; empty where none is known")
    from_on = DayField()
    to_on = DayField(allow_null=True, help_text="the first day on which they are no member")

    def get_name(self, row: UnionMember) -> str:
        """Return the name, masked."""
        return mask_name(row.name)

    def get_id_number(self, row: UnionMember) -> str:
        """Return the ID number, masked."""
        return mask_id(row.id_number)


class UnionMemberPageOut(PageOut):
    """One page of members."""

    results = UnionMemberOut(many=True)


class UnionListOut(serializers.Serializer):
    """One list of a union's members, without its names."""

    id = serializers.UUIDField(source="pk")
    buyer = serializers.CharField(source="organisation.name")
    on = DayField()
    document_number = serializers.CharField()
    size = serializers.IntegerField()
    status = serializers.ChoiceField(UnionListStatus.choices)
    sent_at = serializers.DateTimeField(source="at")
    decided_at = serializers.DateTimeField(allow_null=True)


class UnionListPageOut(PageOut):
    """One page of lists."""

    results = UnionListOut(many=True)


class UnionMembers(APIView):
    """The members one may see."""

    @extend_schema(
        parameters=[*parameters_of(UnionMemberFilter), *PAGING],
        responses=UnionMemberPageOut,
        operation_id="union_member_list",
    )
    def get(self, request: SignedInCall) -> Response:
        """List members of unions, masked."""
        permissions.access_members(request.user)
        rows = narrowed_for_program(request, UnionMemberFilter, members_seen_by(request.user))
        answer = answer_page(rows, UnionMemberOut, request=request, view=self)
        note_reading(by=request.user, door="union-members", people=len(answer.data["results"]), at=clock.now())
        return answer


class MemberIn(serializers.Serializer):
    """One member of a list."""

    name = serializers.CharField(max_length=50)
    id_number = serializers.CharField(max_length=18, required=False, allow_blank=True, default="")
    from_on = DayField(required=False, allow_null=True, default=None)
    to_on = DayField(required=False, allow_null=True, default=None)


class UnionLists(APIView):
    """The lists one may see, and a new one."""

    @extend_schema_serializer(component_name="UnionListIn")
    class Input(serializers.Serializer):
        """The whole list of the union's members on a day, and its document."""

        on = DayField(help_text="whoever is not on the list is no member from this day on")
        document_number = serializers.CharField(max_length=80)
        members = serializers.ListField(child=MemberIn(), max_length=MOST_MEMBERS)

    @extend_schema(parameters=PAGING, responses=UnionListPageOut, operation_id="union_list_list")
    def get(self, request: SignedInCall) -> Response:
        """List the lists of members, the newest first."""
        permissions.access_members(request.user)
        return answer_page(lists_seen_by(request.user), UnionListOut, request=request, view=self)

    @extend_schema(request=Input, responses={201: UnionListOut}, parameters=[KEY], operation_id="union_list_send")
    def post(self, request: SignedInCall) -> Response:
        """Send the list of the own union's members; the chair compares it."""
        union = permissions.access_union_to_list(request.user)
        asked = read_input(self.Input, request)
        rows = [union_members.ListedMember(**row, place=str(number)) for number, row in enumerate(asked["members"], 1)]
        days = {"on": asked["on"], "document_number": asked["document_number"]}

        def act(at: dt.datetime) -> dict[str, str]:
            return {"list": str(union_members.propose_list(union, rows, **days, by=request.user, at=at).pk)}

        return _list(request, UUID(act_for_program(request, asked, act)["list"]), status=201)


class OneUnionList(APIView):
    """One list."""

    @extend_schema(responses=UnionListOut, operation_id="union_list_detail")
    def get(self, request: SignedInCall, union_list_id: UUID) -> Response:
        """Return one list of members, without its names."""
        return _list(request, union_list_id)


class EnterUnionList(APIView):
    """The second hand."""

    @extend_schema(request=None, responses=UnionListOut, parameters=[KEY], operation_id="union_list_enter")
    def post(self, request: SignedInCall, union_list_id: UUID) -> Response:
        """Enter a list as a person who did not bring it."""
        row = permissions.access_list_to_decide(request.user, union_list_id)
        program_acts_on(request, union_members.enter_list, row)
        return _list(request, union_list_id)


class RefuseUnionList(APIView):
    """The second hand, with words."""

    @extend_schema_serializer(component_name="UnionListRefuseIn")
    class Input(serializers.Serializer):
        """What does not match."""

        why = serializers.CharField(max_length=200)

    @extend_schema(request=Input, responses=UnionListOut, parameters=[KEY], operation_id="union_list_refuse")
    def post(self, request: SignedInCall, union_list_id: UUID) -> Response:
        """Refuse a list as a person who did not bring it, saying what does not match."""
        row = permissions.access_list_to_decide(request.user, union_list_id)
        program_acts_on(request, union_members.refuse_list, row, self.Input)
        return _list(request, union_list_id)


class WithdrawUnionList(APIView):
    """A list that is taken back."""

    @extend_schema(request=None, responses=UnionListOut, parameters=[KEY], operation_id="union_list_withdraw")
    def post(self, request: SignedInCall, union_list_id: UUID) -> Response:
        """Take a list back that nobody has decided yet."""
        row = permissions.access_list_to_end(request.user, union_list_id)
        program_acts_on(request, union_members.withdraw_list, row)
        return _list(request, union_list_id)


def _list(request: SignedInCall, list_id: UUID, *, status: int = 200) -> Response:
    return Response(UnionListOut(permissions.access_list(request.user, list_id)).data, status=status)
