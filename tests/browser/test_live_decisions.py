"""What a live view does next, and what it is said to be doing: by values, without a camera."""

from typing import Any

from playwright.sync_api import Page
import pytest

CALL = """
async ([name, values]) => {
    const decisions = await import("/live-decisions.js");
    return decisions[name](...values) ?? null;
}
"""
SECOND = 1_000
WEB_RTC = {"startedAt": 0, "transport": "web_rtc", "hasFallback": True}
ANSWERED = WEB_RTC | {"answeredAt": 10 * SECOND}
CONNECTED = ANSWERED | {"connectedAt": 11 * SECOND}
LIVE = CONNECTED | {"frameAt": 100 * SECOND}
NEW = {"wasLive": False, "failures": 0}
SEEN = {"wasLive": True, "failures": 0}
REFUSED = {"failure": {"message": "Google refuses.", "code": "webrtc_offer_failed"}}
FINAL = {"failure": {"message": "Google refuses.", "code": "cannot_start"}}

GO_ON = {"do": "go_on"}
USE_HLS = {"do": "use_hls"}
UNEXPLAINED = {"do": "end", "failure": {"message": ""}}


def _again(seconds: int) -> dict[str, Any]:
    return {"do": "try_again", "pause": seconds * SECOND}


def _end(attempt: dict[str, Any]) -> dict[str, Any]:
    return {"do": "end", "failure": attempt["failure"]}


@pytest.mark.parametrize(
    ("wish", "attempt", "seconds", "step"),
    [
        # While it may still come, or come back, by itself.
        (NEW, WEB_RTC, 149, GO_ON),
        (NEW, CONNECTED, 70, GO_ON),
        (SEEN, LIVE, 159, GO_ON),
        (SEEN, LIVE | {"disconnectedAt": 100 * SECOND}, 103, GO_ON),
        # Lost after it was live: at once, then more and more seldom.
        (SEEN, LIVE | {"closedAt": 100 * SECOND}, 100, _again(1)),
        (SEEN, LIVE | {"disconnectedAt": 100 * SECOND}, 104, _again(1)),
        (SEEN, LIVE, 160, _again(1)),
        (SEEN, LIVE | REFUSED, 101, _again(1)),
        (SEEN, WEB_RTC | REFUSED, 1, _again(2)),
        (SEEN | {"failures": 3}, WEB_RTC | REFUSED, 1, _again(16)),
        (SEEN | {"failures": 4}, WEB_RTC | REFUSED, 1, _again(30)),
        (SEEN | {"failures": 5}, WEB_RTC | REFUSED, 1, _end(REFUSED)),
        # What cannot start is not asked again.
        (NEW, WEB_RTC | REFUSED, 1, _end(REFUSED)),
        (NEW, CONNECTED | REFUSED, 12, _end(REFUSED)),
        (SEEN, WEB_RTC | FINAL, 1, _end(FINAL)),
        # Lost before it was live: the reason is waited for, and one more attempt made.
        (NEW, CONNECTED | {"closedAt": 12 * SECOND}, 21, GO_ON),
        (NEW, CONNECTED | {"closedAt": 12 * SECOND}, 22, _again(2)),
        (NEW | {"failures": 1}, CONNECTED | {"closedAt": 12 * SECOND}, 22, UNEXPLAINED),
        (NEW, WEB_RTC, 160, _again(2)),
        # Answered, but no packet comes through.
        (NEW, ANSWERED, 24, GO_ON),
        (NEW, ANSWERED, 25, USE_HLS),
        (NEW, ANSWERED | REFUSED, 18, USE_HLS),
        (NEW, ANSWERED | REFUSED, 12, _end(REFUSED)),
        (SEEN, ANSWERED | {"hasFallback": False}, 25, _again(2)),
    ],
)
def test_the_next_step_follows_from_the_attempt_and_the_wish(
    frontend: Page, wish: dict[str, Any], attempt: dict[str, Any], seconds: int, step: Any
) -> None:
    assert frontend.evaluate(CALL, ["nextStep", [wish, attempt, seconds * SECOND]]) == step


@pytest.mark.parametrize(
    ("view", "seconds", "phase"),
    [
        ({}, 0, "idle"),
        ({"wish": NEW, "attempt": WEB_RTC}, 5, "starting"),
        ({"wish": NEW, "attempt": ANSWERED}, 10, "waiting"),
        ({"wish": SEEN, "attempt": LIVE}, 103, "live"),
        ({"wish": SEEN, "attempt": LIVE}, 104, "stalled"),
        ({"wish": SEEN}, 104, "reconnecting"),
        ({"wish": SEEN, "attempt": CONNECTED}, 104, "reconnecting"),
        ({"wish": NEW, "failure": {"message": ""}}, 5, "ended"),
    ],
)
def test_the_phase_says_what_is_seen(
    frontend: Page, view: dict[str, Any], seconds: int, phase: str
) -> None:
    assert frontend.evaluate(CALL, ["phaseOf", [view, seconds * SECOND]]) == phase


@pytest.mark.parametrize(
    ("offered", "is_cut", "transport"),
    [
        (["hls", "web_rtc"], False, "web_rtc"),
        (["hls", "web_rtc"], True, "hls"),
        (["web_rtc"], True, "web_rtc"),
        (["hls"], False, "hls"),
        ([], False, None),
    ],
)
def test_web_rtc_is_chosen_unless_it_was_cut_off(
    frontend: Page, offered: list[str], is_cut: bool, transport: str | None
) -> None:
    assert frontend.evaluate(CALL, ["transportOf", [offered, is_cut]]) == transport


def test_frames_end_a_row_of_failures_and_attempts_without_frames_prolong_it(
    frontend: Page,
) -> None:
    failed = NEW | {"failures": 1}

    assert frontend.evaluate(CALL, ["afterLoss", [NEW, CONNECTED]]) == failed
    assert frontend.evaluate(CALL, ["afterLoss", [SEEN, LIVE]]) == SEEN
    assert frontend.evaluate(CALL, ["afterFrame", [failed]]) == SEEN


@pytest.mark.parametrize(
    ("faster", "is_streaming", "wish", "is_taken"),
    [
        ("camera.google", False, NEW, True),
        ("camera.google", False, SEEN, True),
        # Ours is as fast then, and asks Google for nothing.
        ("camera.google", True, NEW, False),
        ("camera.google", False, NEW | {"fasterFailed": True}, False),
    ],
)
def test_the_faster_way_is_for_a_camera_that_sleeps(
    frontend: Page, faster: str, is_streaming: bool, wish: dict[str, Any], is_taken: bool
) -> None:
    values = [faster, is_streaming, wish]
    assert frontend.evaluate(CALL, ["takesFasterWay", values]) is is_taken


@pytest.mark.parametrize(
    ("attempt", "seconds", "has_failed"),
    [
        (WEB_RTC, 14, False),
        (WEB_RTC, 15, True),
        (WEB_RTC | REFUSED, 1, True),
        (CONNECTED | {"closedAt": 12 * SECOND}, 12, True),
        (LIVE, 130, False),
        (LIVE | {"closedAt": 130 * SECOND}, 130, False),
    ],
)
def test_the_faster_way_is_given_up_soon(
    frontend: Page, attempt: dict[str, Any], seconds: int, has_failed: bool
) -> None:
    assert frontend.evaluate(CALL, ["fasterFailed", [attempt, seconds * SECOND]]) is has_failed


FIND_FASTER = """
async ([hass, id]) => (await import("/faster-camera.js")).fasterCamera(hass, id) ?? null
"""
OURS = [["nestmtx", "front"], ["nest", "enterprises/a/devices/front"]]
GOOGLES = [["nest", "enterprises/a/devices/front"]]
OTHER = [["nest", "enterprises/a/devices/back"]]


@pytest.mark.parametrize(
    ("identifiers", "platform", "found"),
    [
        (GOOGLES, "nest", "camera.google"),
        (OTHER, "nest", None),
        (GOOGLES, "nestmtx", None),
    ],
)
def test_the_faster_way_is_the_linked_camera_of_the_google_nest_integration(
    frontend: Page, identifiers: list[list[str]], platform: str, found: str | None
) -> None:
    hass = {
        "devices": {"ours": {"identifiers": OURS}, "other": {"identifiers": identifiers}},
        "entities": {
            "event.google": {"entity_id": "event.google", "platform": "nest", "device_id": "other"},
            "camera.google": {
                "entity_id": "camera.google",
                "platform": platform,
                "device_id": "other",
            },
        },
    }

    assert frontend.evaluate(FIND_FASTER, [hass, "ours"]) == found


IS_CERTAIN = """
async attributes => (await import("/camera-readiness.js")).isCertain({ attributes })
"""


@pytest.mark.parametrize(
    ("attributes", "is_certain"),
    [
        ({}, True),
        ({"live_phase": "live", "live_verified": False}, True),
        ({"live_phase": "waiting"}, False),
        ({"live_phase": "waiting", "live_verified": False}, False),
        ({"live_phase": "waiting", "live_verified": True}, True),
    ],
)
def test_the_first_frame_is_shown_at_once_where_it_is_known_to_be_the_cameras(
    frontend: Page, attributes: dict[str, Any], is_certain: bool
) -> None:
    assert frontend.evaluate(IS_CERTAIN, attributes) is is_certain
