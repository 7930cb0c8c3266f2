"""What the rest of the demo stands on: the county that was opened, read back by its people and offices."""

from dataclasses import dataclass, field

from accounts.models import Household, Membership, Organisation, Role, User
from demo.people import BUREAU, DEMO_PEOPLE, FINANCE
from kernel.sealing import blind_index


@dataclass
class County:
    """What the rest of the demo stands on."""

    bureau: Organisation
    finance: Organisation
    buyers: list[Organisation] = field(default_factory=list)
    teams: dict[int, dict[str, list[User]]] = field(default_factory=dict)  # organisation → role → accounts
    households: list[Household] = field(default_factory=list)
    cooperatives: list[Organisation] = field(default_factory=list)
    cadres: dict[str, list[User]] = field(default_factory=dict)  # village code → its cadres
    named: dict[str, User] = field(default_factory=dict)  # the people of the sign-in page

    def of(self, organisation: Organisation, role: str, which: int = 0) -> User:
        """Return a member of an organisation's team."""
        return self.teams[organisation.pk][role][which]


def find_county() -> County:
    """Read back the county that was built: its offices, teams, cadres and the people of the sign-in page."""
    organisations = list(Organisation.objects.order_by("pk"))
    county = County(
        bureau=next(o for o in organisations if o.name == BUREAU),
        finance=next(o for o in organisations if o.name == FINANCE),
        buyers=[o for o in organisations if o.kind == "buyer"],
        cooperatives=[o for o in organisations if o.kind == "cooperative"],
        households=list(
            Household.objects.select_related("village", "village__parent").order_by("created_at", "number")
        ),
    )
    accounts = {user.person_id: user for user in User.objects.select_related("person").order_by("-created_at")}
    for post in Membership.objects.order_by("pk"):
        user = accounts[post.person_id]
        county.teams.setdefault(post.organisation_id, {}).setdefault(post.role, []).append(user)
        if post.role == Role.CADRE:
            county.cadres.setdefault(post.area_id, []).append(user)
    by_phone = {user.phone_index: user for user in accounts.values()}
    for person in DEMO_PEOPLE:
        county.named[person.key] = by_phone[blind_index("phone", person.phone)]
    return county
