"""A visit on paper: printed form and screen count the same fields, and the paper itself comes along as a photo."""

import re

import pytest
from django.urls import reverse

from losses.models import Visit
from losses.pages.evidence import photo_groups
from losses.services import visiting
from tests.factories import login
from tests.losses.steps import a_photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawn(story, lot) -> Visit:
    return story.drawn(story.filed(lot, kg=100))


@pytest.fixture
def at_the_visit(drawn, now):
    now.at = drawn.drawn_at


def test_the_printed_form_counts_its_fields_as_the_screen_does(client, drawn, at_the_visit):
    login(client, drawn.first)

    paper = client.get(reverse("visit-paper")).content.decode()
    screen = client.get(reverse("visit-record", args=[drawn.claim_id])).content.decode()

    printed = re.findall(r'<th scope="row">(\d [^<]+)</th>', paper)
    assert [field[0] for field in printed] == list("123456789")
    assert all(field in screen for field in printed[:6])
    assert paper.count("<h1") == 1  # also where nobody is to be visited
    assert "报的：200 斤" in paper and drawn.claim.number in paper and drawn.second.person.name in paper


def test_the_paper_it_was_written_on_hangs_on_the_claim(story, drawn):
    written = story.found(drawn)
    visiting.show(written, "paper", a_photo(by=drawn.first), by=drawn.first, at=drawn.drawn_at)

    [group] = [group for group in photo_groups(written.claim) if group.title == "现场的照片"]
    assert len(group.items) == 4 and group.items[-1].alt.startswith("手写的纸")
