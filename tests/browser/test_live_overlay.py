"""What stands over a camera's picture while it starts, and when it could not."""

from typing import Any

from playwright.sync_api import Page, expect
import pytest

SHOW = """
async ([view, attributes]) => {
    const { LiveOverlay } = await import("/live-overlay.js");
    const overlay = new LiveOverlay(() => { document.title = "retried"; });
    document.title = "";
    document.body.replaceChildren(overlay.element);
    overlay.show({ seconds: 0, waited: 5, ...view }, attributes, key => key);
}
"""
STARTING = {"phase": "starting"}


@pytest.mark.parametrize(
    ("view", "attributes", "words"),
    [
        (STARTING, {}, "card.starting"),
        # The backend knows before the answer comes that the camera has started.
        (STARTING, {"live_phase": "waiting"}, "card.waiting"),
        ({"phase": "waiting"}, {}, "card.waiting"),
        ({"phase": "stalled"}, {}, "card.stalled"),
        ({"phase": "reconnecting"}, {"live_phase": "waiting"}, "card.reconnecting"),
        ({"phase": "ended", "message": "Google refuses."}, {}, "Google refuses."),
        ({"phase": "ended", "message": ""}, {}, "card.failed"),
    ],
)
def test_the_phase_is_said_in_words(
    frontend: Page, view: dict[str, Any], attributes: dict[str, Any], words: str
) -> None:
    frontend.evaluate(SHOW, [view, attributes])

    expect(frontend.get_by_role("status")).to_have_text(words)


@pytest.mark.parametrize("phase", ["idle", "live"])
def test_nothing_stands_over_a_picture_that_nothing_is_wrong_with(
    frontend: Page, phase: str
) -> None:
    frontend.evaluate(SHOW, [{"phase": phase}, None])

    expect(frontend.locator(".live-overlay")).to_be_hidden()


@pytest.mark.parametrize(
    ("usual_start", "value"), [(20, "0.25"), (4, "1"), (None, None), (0, None)]
)
def test_the_progress_is_that_of_the_last_times(
    frontend: Page, usual_start: float | None, value: str | None
) -> None:
    frontend.evaluate(SHOW, [STARTING, {"usual_start": usual_start}])

    assert frontend.locator("progress").get_attribute("value") == value


def test_a_reader_of_screens_is_not_told_each_second(frontend: Page) -> None:
    frontend.evaluate(SHOW, [STARTING, {}])

    expect(frontend.get_by_role("status")).not_to_contain_text("seconds")
    expect(frontend.locator(".seconds")).to_have_attribute("aria-hidden", "true")


def test_what_has_ended_is_tried_again_by_the_keyboard(frontend: Page) -> None:
    frontend.evaluate(SHOW, [{"phase": "ended", "message": "Google refuses."}, {}])

    frontend.get_by_role("button", name="card.retry").press("Enter")

    expect(frontend).to_have_title("retried")
