"""The claims of the demo: whose, since when, how far each has come."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Story:
    """One claim: which household of which village, how long ago it was filed, how far it has come."""

    reaches: str
    days_ago: int
    village: int  # 0 is the village of the demo's farmers
    household: int
    produce: str
    kg: int
    found_kg: int = 0  # what the visit finds, when it is less
    ends: str = ""  # refused or sent_back instead of a further step


# Further-advanced ones first: a notice takes every claim of its village that is ready.
PAID = [
    Story("awarded", 58, 1, 0, "包菜", 620),
    Story("awarded", 57, 2, 0, "白萝卜", 900, 840),
    Story("awarded", 57, 3, 0, "脐橙", 480),
]
SENT = [Story("awarded", 44, 4, 0, "包菜", 700), Story("awarded", 44, 5, 0, "红薯", 1200, 1100)]
OPEN = [
    Story("awarded", 28, 6, 0, "包菜", 540),
    Story("awarded", 28, 7, 0, "白萝卜", 760),
    Story("ended", 25, 8, 0, "包菜", 820),
    Story("ended", 25, 9, 0, "脐橙", 350, 320),
    Story("county_notice", 26, 10, 0, "包菜", 450),
    Story("county_notice", 26, 11, 0, "白萝卜", 1000, 900),
    Story("computed", 24, 12, 0, "红薯", 800),
    Story("visited", 22, 13, 0, "包菜", 380),
    Story("drawn", 18, 0, 4, "包菜", 420),
    Story("drawn", 18, 14, 0, "脐橙", 300),
    Story("to_visit", 16, 15, 0, "白萝卜", 520),
    Story("village_notice", 5, 16, 0, "包菜", 640),
    Story("township_checked", 4, 0, 5, "白萝卜", 560),
    Story("village_checked", 2, 0, 6, "包菜", 300),
    Story("filed", 1, 0, 7, "红薯", 410),
    Story("filed", 1, 0, 0, "包菜", 200),
    Story("village_checked", 6, 17, 0, "包菜", 280, ends="refused"),
    Story("filed", 3, 18, 0, "白萝卜", 240, ends="sent_back"),
]
