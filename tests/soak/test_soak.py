"""A short soak; scripts/soak runs longer ones."""

from homeassistant.core import HomeAssistant
import pytest

from .report import Report
from .soak import soak

SEED = 3
SECONDS = 30.0


@pytest.mark.usefixtures("expected_enabled")
async def test_after_half_a_minute_of_random_changes_and_faults_the_state_is_correct(
    hass: HomeAssistant, socket_enabled: None
) -> None:
    report = Report(SEED)
    with report.complaints.heard():
        await soak(hass, report, SECONDS, print)

    assert report.passed, "\n".join(report.lines())
    assert report.comparisons > 1000
