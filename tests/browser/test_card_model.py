"""What a camera's card shows of what is known: by values, without a camera."""

from typing import Any

from playwright.sync_api import Page
import pytest

MODEL = """
async known => {
    const { cardModel } = await import("/card-model.js");
    const { cardState } = await import("/card-state.js");
    const { phase, message, waited = 0, facts, ...rest } = known;
    return cardModel({
        config: {}, state: cardState(phase, facts), view: { phase, message, waited },
        name: "Front Door", isMuted: true, isFullScreen: false, isAdmin: true, canEnable: true,
        now: Date.parse("2026-11-29T14:05:00Z"), language: "en",
        translate: (key, values) => [key, ...Object.values(values ?? {})].join(" "), ...rest,
    });
}
"""
CALL = """
async ([module, name, values]) => (await import(`/${module}.js`))[name](...values) ?? null
"""
IDLE = {"phase": "idle", "facts": {"camera": {"state": "idle", "attributes": {}}}}
STREAMING = {"camera": {"state": "streaming", "attributes": {}}}
UNAVAILABLE = {"camera": {"state": "unavailable", "attributes": {}}}
TAKEN = {"taken": "2026-11-29T14:00:00Z"}
WAKING = IDLE | {"phase": "starting", "waited": 12}
FAILED = IDLE | {"phase": "ended", "message": "The camera did not start. Look at its battery."}


def _model(page: Page, known: dict[str, Any], **more: object) -> dict[str, Any]:
    model: dict[str, Any] = page.evaluate(MODEL, known | more)
    return model


def _problem(start_problem: str) -> dict[str, Any]:
    camera = {"state": "idle", "attributes": {"start_problem": start_problem}}
    return {"phase": "idle", "facts": {"camera": camera}}


@pytest.mark.parametrize(
    ("known", "state", "chip"),
    [
        (IDLE, "asleep", "card.state_asleep"),
        (IDLE | TAKEN, "asleep", "card.state_asleep_since 5 min ago"),
        (
            IDLE | {"facts": IDLE["facts"] | {"isRequested": True}},
            "starting",
            "card.state_starting",
        ),
        (WAKING | TAKEN, "waking", "card.state_waking 12"),
        (WAKING | {"phase": "waiting"}, "waking", "card.state_waking 12"),
        (IDLE | {"phase": "live"}, "live", "card.state_live"),
        (IDLE | {"phase": "stalled"}, "stalled", "card.state_stalled"),
        (IDLE | {"phase": "reconnecting"}, "reconnecting", "card.state_reconnecting"),
        (IDLE | {"facts": STREAMING}, "streaming", "card.state_streaming"),
        (IDLE | {"facts": STREAMING | {"viewers": 2}}, "streaming", "card.state_streaming"),
        (IDLE | {"facts": STREAMING | {"viewers": 0}}, "unwatched", "card.state_unwatched"),
        # That one is to stream though nobody watches.
        (
            IDLE | {"facts": STREAMING | {"viewers": 0, "isPersistent": True}},
            "streaming",
            "card.state_streaming",
        ),
        (IDLE | {"facts": {}}, "offline", "card.state_offline"),
        (IDLE | {"facts": UNAVAILABLE}, "offline", "card.state_offline"),
        (IDLE | {"facts": UNAVAILABLE | {"isSignedOut": True}}, "signed_out", "card.state_sign_in"),
        (_problem("camera_unauthorized"), "sign_in", "card.state_sign_in"),
        (_problem("camera_off"), "disabled", "card.state_disabled"),
        (_problem("camera_unconfigured"), "not_set_up", "card.state_not_set_up"),
    ],
)
def test_the_chip_says_what_the_camera_is_doing(
    frontend: Page, known: dict[str, Any], state: str, chip: str
) -> None:
    model = _model(frontend, known)

    assert (model["state"], model["chip"]) == (state, chip)


def test_while_it_wakes_it_says_the_phase_the_age_of_the_picture_and_how_to_cancel(
    frontend: Page,
) -> None:
    model = _model(frontend, WAKING | TAKEN, usualStart=48)

    assert model["isDimmed"]
    assert not model["isPlayable"]
    assert model["status"] == {
        "text": "card.starting Front Door",
        "detail": "card.picture_age 5 min ago",
        "seconds": "card.seconds 12",
        "progress": 0.25,
        "action": "cancel",
        "actionLabel": "card.cancel",
    }


@pytest.mark.parametrize(("usual", "progress"), [(24, 0.5), (6, 1), (0, None), (None, None)])
def test_the_ring_fills_by_what_the_camera_took_the_last_times(
    frontend: Page, usual: float | None, progress: float | None
) -> None:
    assert _model(frontend, WAKING, usualStart=usual)["status"]["progress"] == progress


def test_home_assistant_knows_first_that_the_camera_has_started(frontend: Page) -> None:
    assert _model(frontend, WAKING, livePhase="waiting")["status"]["text"] == "card.waiting"


@pytest.mark.parametrize(
    ("known", "text", "action"),
    [
        (_problem("camera_unauthorized"), "card.problem_sign_in", "authorize"),
        (_problem("camera_off"), "card.problem_disabled", "enable"),
        (_problem("camera_unconfigured"), "card.problem_not_set_up", "set_up"),
        (IDLE | {"facts": UNAVAILABLE}, "card.problem_offline", None),
        (
            IDLE | {"facts": UNAVAILABLE | {"isSignedOut": True}},
            "card.problem_signed_out",
            "sign_in",
        ),
        (FAILED, "The camera did not start.", "retry"),
        (FAILED | {"message": ""}, "card.failed", "retry"),
        # What stands in the way now is what matters.
        (FAILED | {"facts": _problem("camera_off")["facts"]}, "card.problem_disabled", "enable"),
        (
            IDLE | {"notice": {"kind": "failed", "message": "No picture. Try again."}},
            "No picture.",
            "retry",
        ),
    ],
)
def test_an_error_is_one_sentence_and_one_action(
    frontend: Page, known: dict[str, Any], text: str, action: str | None
) -> None:
    model = _model(frontend, known)

    assert model["isDimmed"]
    assert not model["isPlayable"]
    assert model["status"]["text"] == text
    assert model["status"].get("action") == action


@pytest.mark.parametrize("problem", ["camera_unauthorized", "camera_unconfigured"])
def test_a_guest_gets_no_links(frontend: Page, problem: str) -> None:
    status = _model(frontend, _problem(problem), isAdmin=False)["status"]

    assert status["text"]
    assert status.get("action") is None


def test_a_failed_view_is_no_error_after_a_retry(frontend: Page) -> None:
    assert not _model(frontend, FAILED | {"phase": "live"}).get("status")


@pytest.mark.parametrize(
    ("known", "viewers"),
    [(IDLE, ""), (IDLE | {"viewers": 0}, ""), (IDLE | {"viewers": 2}, "2")],
)
def test_the_viewers_are_counted_only_when_there_are_any(
    frontend: Page, known: dict[str, Any], viewers: str
) -> None:
    assert _model(frontend, known)["viewers"] == viewers


def test_what_the_options_hide_is_not_there(frontend: Page) -> None:
    config = {"show_name": False, "show_state": False, "show_controls": False}

    model = _model(frontend, IDLE | {"phase": "live", "viewers": 2}, config=config)

    assert (model["name"], model["chip"], model["viewers"]) == ("", "", "")
    assert not model["hasControls"]
    assert model["label"] == "Front Door"


def test_the_layout_with_details_says_where_and_of_when(frontend: Page) -> None:
    known = IDLE | TAKEN | {"facts": STREAMING, "area": "Porch"}

    details = _model(frontend, known, config={"layout": "details"})["details"]

    assert details == "Porch · card.picture_age 5 min ago"
    assert not _model(frontend, known)["details"]


@pytest.mark.parametrize(
    ("text", "ratio"),
    [
        (None, "16 / 9"),
        ("4:3", "4 / 3"),
        ("9x16", "9 / 16"),
        ("1.85", "1.85"),
        ("50%", "100 / 50"),
        ("wide", "16 / 9"),
        ("0:0", "16 / 9"),
    ],
)
def test_the_aspect_ratio_is_read_as_other_cards_do(
    frontend: Page, text: str | None, ratio: str
) -> None:
    values = [] if text is None else [text]
    assert frontend.evaluate(CALL, ["card-config", "aspectRatio", values]) == ratio


@pytest.mark.parametrize(
    ("language", "seconds", "text"),
    [
        ("en", 20, "now"),
        ("en", 300, "5 min ago"),
        ("en", 7200, "2 hr ago"),
        ("de", 300, "vor 5 Min."),
        ("ar", 300, "قبل 5 دقائق"),
    ],
)
def test_an_age_is_said_as_the_language_does(
    frontend: Page, language: str, seconds: int, text: str
) -> None:
    values = [0, seconds * 1000, language]
    assert frontend.evaluate(CALL, ["relative-time", "relativeTime", values]) == text


def test_a_connecting_picture_is_known_from_a_camera_by_standing_still(frontend: Page) -> None:
    judged = frontend.evaluate(
        """
        async () => {
            const { difference } = await import("/frame-proof.js");
            const picture = level => new Uint8ClampedArray(160 * 90 * 4).fill(level);
            const refined = picture(100).map(level => level + 18);
            const moved = picture(100);
            moved.fill(220, 4000, 4400);
            return [refined, moved].map(other => difference(picture(100), other));
        }
        """
    )

    assert judged[0] == {"most": 18, "mean": 18}
    assert judged[1]["most"] == 120
    assert judged[1]["mean"] < 25


def test_words_that_could_not_be_loaded_are_loaded_later(frontend: Page) -> None:
    words = frontend.evaluate(
        """
        async () => {
            const { Words } = await import("/translation.js");
            let attempts = 0;
            const hass = { language: "en", loadBackendTranslation: async () => {
                attempts += 1;
                if (attempts === 1) throw new Error("The connection was lost.");
                return () => "Stop";
            } };
            const words = new Words(() => undefined);
            const now = performance.now.bind(performance);
            await words.follow(hass);
            const wereKnown = words.areKnown;
            performance.now = () => now() + 5_000;
            await words.follow(hass);
            performance.now = now;
            return [wereKnown, words.areKnown, words.translate("card.stop")];
        }
        """
    )

    assert words == [False, True, "Stop"]
