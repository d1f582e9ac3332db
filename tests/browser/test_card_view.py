"""How a card looks: where its parts are on small cards, in all languages."""

from itertools import combinations
import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page
import pytest

from .conftest import FRONTEND

TRANSLATIONS = FRONTEND.parent / "translations"
LANGUAGES = sorted(path.stem for path in TRANSLATIONS.glob("*.json"))
WIDTHS = [183, 262, 300, 380]
"""Of a card beside another on a phone, one of three on a tablet, one of five, and one alone."""
PROBLEMS = ["camera_unauthorized", "camera_off", "camera_unconfigured"]
SHOW = """
async ([width, words, language, startProblem]) => {
    const { CardView } = await import("/card-view.js");
    const { cardModel } = await import("/card-model.js");
    const { cardState } = await import("/card-state.js");
    document.dir = ["ar", "he"].includes(language) ? "rtl" : "ltr";
    document.body.innerHTML = `
        <style>:root { font-family: sans-serif; } #host { width: ${width}px; }</style>
        <div id="host"></div>`;
    const root = document.getElementById("host").attachShadow({ mode: "open" });
    const view = new CardView(root, { act() {}, press() {} });
    // Home Assistant's element.
    view.part("ha-card").style.display = "block";
    view.part(".view").style.setProperty("--ratio", "16/9");
    const camera = { state: "idle", attributes: { start_problem: startProblem } };
    view.show(cardModel({
        config: {}, state: cardState("idle", { camera }), view: { phase: "idle", waited: 0 },
        name: "Front door", isMuted: true, isFullScreen: false, isAdmin: true, canEnable: true,
        now: Date.now(), language, translate: key => words[key],
    }), false);
    const box = selector => {
        const part = view.part(selector);
        const { opacity } = getComputedStyle(part);
        const { left, top, right, bottom } = part.getBoundingClientRect();
        return right > left && opacity !== "0" ? { selector, left, top, right, bottom } : null;
    };
    return [".chip.state", ".status .text", ".pill", ".view"].map(box).filter(Boolean);
}
"""


def _words(language: str) -> dict[str, str]:
    texts = json.loads(Path(TRANSLATIONS / f"{language}.json").read_text(encoding="utf-8"))
    return {f"card.{key}": text for key, text in texts["config_panel"]["card"].items()}


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Return whether two boxes overlap by more than a pixel."""
    across = min(one["right"], other["right"]) - max(one["left"], other["left"])
    down = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return bool(across > 1 and down > 1)


def _contains(outer: dict[str, Any], inner: dict[str, Any]) -> bool:
    return bool(
        outer["left"] <= inner["left"]
        and inner["right"] <= outer["right"]
        and outer["top"] <= inner["top"]
        and inner["bottom"] <= outer["bottom"]
    )


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("problem", PROBLEMS)
def test_state_text_and_action_of_a_problem_do_not_cover_each_other(
    frontend: Page, problem: str, language: str, width: int
) -> None:
    *parts, view = frontend.evaluate(SHOW, [width, _words(language), language, problem])

    assert [part["selector"] for part in parts] == [".chip.state", ".status .text", ".pill"]
    assert all(_contains(view, part) for part in parts)
    assert not [pair for pair in combinations(parts, 2) if _overlap(*pair)]


@pytest.mark.parametrize("problem", PROBLEMS)
def test_the_smallest_cards_have_room_for_the_state_and_the_action_only(
    frontend: Page, problem: str
) -> None:
    *parts, _ = frontend.evaluate(SHOW, [119, _words("en"), "en", problem])

    assert [part["selector"] for part in parts] == [".chip.state", ".pill"]
