"""Which channels ask more papers of a lot than the others do."""

from accounts.models import Channel
from kernel import near

_TEST_CHANNELS, _SECONDS = "channels-asking-tests", 600


def channels_asking_tests() -> frozenset[str]:
    """Return the codes of the channels whose kitchens ask for a test slip; as they were some minutes ago at most."""
    return frozenset(near.get_or_set(_TEST_CHANNELS, _channels_asking_tests, _SECONDS))


def forget_test_channels() -> None:
    """Ask anew which channels ask for a test slip."""
    near.forget(_TEST_CHANNELS)


def _channels_asking_tests() -> list[str]:
    return list(Channel.objects.filter(asks_test=True).values_list("pk", flat=True))
