"""When a server has settled after a process was stopped, by the camera's rows."""

import pytest

from custom_components.nestmtx.client import Camera, CameraStatus
from custom_components.nestmtx.client.api.processes import Settling

FORMER, NEW, NEWER = 1, 2, 3
LATE = 12.0

type Look = tuple[float, int | None, CameraStatus]

OLD: Look = (0.0, FORMER, CameraStatus.RUNNING)
STOPPED: Look = (0.5, None, CameraStatus.STOPPED)
GONE: Look = (1.0, None, CameraStatus.DEAD)
STARTED: Look = (2.0, NEW, CameraStatus.RUNNING)
DEAD: Look = (8.0, None, CameraStatus.DEAD)


@pytest.mark.parametrize(
    ("looks", "demanded", "kept"),
    [
        ([], False, False),
        ([OLD], False, False),
        ([OLD, (60.0, FORMER, CameraStatus.RUNNING)], False, False),
        ([STOPPED, (60.0, None, CameraStatus.STOPPED)], False, False),
        ([GONE], False, False),
        # There was no new process, and there will be none.
        ([GONE, (GONE[0] + LATE, None, CameraStatus.DEAD)], True, True),
        # There is a new process, which the late `undemand` may end.
        ([GONE, STARTED], False, True),
        ([STARTED, DEAD], True, True),
        ([STARTED, (8.0, None, CameraStatus.STOPPED)], False, False),
        # It has ended, and the stream was requested again, between two readings.
        ([STARTED, (9.0, NEWER, CameraStatus.STARTING)], True, True),
        # There was no `undemand`.
        ([STARTED, (STARTED[0] + LATE, NEW, CameraStatus.RUNNING)], True, True),
        ([STARTED, (STARTED[0] + LATE - 1, NEW, CameraStatus.RUNNING)], False, True),
    ],
)
def test_a_stop_is_settled_when_it_has_no_further_effects(
    looks: list[Look], demanded: bool, kept: bool
) -> None:
    settling, now = Settling(FORMER, 0.0, FORMER), 0.0

    for now, process_id, status in looks:
        settling = settling.after(Camera(1, process_id=process_id, status=status), now)

    assert settling.is_settled(now, LATE, keeps_successor=False) is demanded
    assert settling.is_settled(now, LATE, keeps_successor=True) is kept
