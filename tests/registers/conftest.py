"""Who decides about registers in these tests."""

import pytest

from tests import factories


@pytest.fixture
def town_hall(county):
    return factories.an_organisation("platform", "石城县人民政府办公室", county)


@pytest.fixture
def security_wu(town_hall):
    """He appoints and dismisses."""
    return factories.a_user("邬晓安", "security_admin", town_hall)


@pytest.fixture
def head_zhong(bureau):
    """He decides who holds the county's posts."""
    return factories.a_user("钟国栋", "head_of_office", bureau)


@pytest.fixture
def principal(school):
    """She decides about the school's own people."""
    return factories.a_user("谢校长", "head_of_office", school)


@pytest.fixture
def second_principal(school):
    return factories.a_user("何副校长", "head_of_office", school)
