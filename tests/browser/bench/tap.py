"""From the tap to the first frame: the card and more-info, beside a bare WHEP page."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

from playwright.sync_api import Browser, Page

from scripts.development.browser import log_in
from tests.bench.meter import Pair
from tests.bench.table import Figure, Goal, Line
from tests.browser.conftest import SIZE
from tests.browser.live_view import CARD, DIALOG
from tests.simulator import Times

from .place import Place, place

_NAME, _CAMERA = "Camera 1", 1
_READY, _ASLEEP = "ready", "asleep"
START = 1.0
"""Seconds from the demand of a sleeping camera to its stream."""
KIND = Times(
    process_start=START,
    connecting=0.0,
    key_frame_interval=1,
    misses_first_key_frame=False,
    close_after=0.5,
    event_delay=0.1,
)
_PATIENCE = 60_000

# The time from the last click to the first frame after it that can be seen.
INSTRUMENT = """
window.addEventListener("click", () => {
    window.tapped = performance.now();
    window.firstFrame = undefined;
}, true);
const property = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject");
Object.defineProperty(HTMLMediaElement.prototype, "srcObject", {
    ...property,
    set(stream) {
        property.set.call(this, stream);
        if (!stream) return;
        const look = () => {
            if (this.checkVisibility({ opacityProperty: true })) {
                window.firstFrame ??= performance.now() - window.tapped;
            } else if (this.srcObject) {
                this.requestVideoFrameCallback(look);
            }
        };
        this.requestVideoFrameCallback(look);
    },
});
"""

# As little as a page can do: one offer, without any candidates.
BARE = """
async url => {
    window.tapped = performance.now();
    const video = document.createElement("video");
    Object.assign(video, { muted: true, autoplay: true });
    document.body.append(video);
    window.peer?.close();
    const peer = window.peer = new RTCPeerConnection();
    peer.ontrack = ({ streams }) => { video.srcObject ??= streams[0]; };
    peer.addTransceiver("video", { direction: "recvonly" });
    peer.addTransceiver("audio", { direction: "recvonly" });
    await peer.setLocalDescription();
    const answer = await fetch(url, {
        method: "POST",
        headers: { "Content-Type": "application/sdp" },
        body: peer.localDescription.sdp,
    });
    window.session = new URL(answer.headers.get("Location"), url).href;
    await peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
}
"""

# A page that is only closed is missed by the server later.
END = "() => window.session && fetch(window.session, { method: 'DELETE' })"

type Show = Callable[[Page, Place], None]


def taps(browser: Browser, folder: Path, rounds: int) -> Iterator[Line]:
    """Compare the ways to a live picture, of a camera that streams and of one that sleeps."""
    with place(folder, 1, KIND) as scene:
        dashboard = scene.home.show_both(_NAME)
        show = partial(_first_frame, browser, dashboard, scene)
        states = {_READY: _streaming, _ASLEEP: _sleeping}
        taken = [
            {
                (state, way): _timed(camera, scene, show, way)
                for state, camera in states.items()
                for way in _WAYS
            }
            for _ in range(rounds + 1)
        ][1:]

    def of(state: str, way: str) -> tuple[float, ...]:
        return tuple(times[state, way] for times in taken)

    for state, way, goal in (
        (_READY, "card", Goal("<=", 1.2)),
        (_READY, "more-info", None),
        (_ASLEEP, "card", None),
    ):
        pair = Pair(of(state, way), of(state, "bare WHEP"))
        yield Figure.compared(f"Tap to first frame, {state}: {way}", pair, "ms", "bare WHEP", goal)
    pairs = zip(of(_ASLEEP, "card"), of(_ASLEEP, "bare WHEP"), strict=True)
    more = median(card - bare for card, bare in pairs)
    yield Figure("Tap to first frame, asleep: the card's part", more, "ms", goal=Goal("<=", 300))


def _timed(
    camera: Callable[[Place], AbstractContextManager[None]],
    scene: Place,
    show: Callable[[Show], float],
    way: str,
) -> float:
    with camera(scene):
        return show(_WAYS[way])


@contextmanager
def _streaming(scene: Place) -> Iterator[None]:
    """Let the camera stream for another viewer."""
    server, simulator = scene.server, scene.server.simulator
    reader = server.do(simulator.open_reader(_CAMERA))
    try:
        yield
    finally:
        server.do(simulator.close_reader(_CAMERA, reader))


@contextmanager
def _sleeping(scene: Place) -> Iterator[None]:
    """Wait until the camera sleeps."""
    camera = scene.server.simulator.world.cameras[_CAMERA]
    scene.server.wait(lambda: camera.process is None)
    yield


def _first_frame(browser: Browser, dashboard: str, scene: Place, show: Show) -> float:
    """Return milliseconds from the tap to the first frame, in a new page that is at rest."""
    with browser.new_page(viewport=SIZE) as page:
        page.add_init_script(INSTRUMENT)
        log_in(page, dashboard)
        page.locator(CARD).get_by_role("button", name="Watch").wait_for()
        page.wait_for_timeout(2_000)
        show(page, scene)
        page.wait_for_function("() => window.firstFrame !== undefined", timeout=_PATIENCE)
        took = float(page.evaluate("() => window.firstFrame"))
        page.evaluate(END)
        return took


def _by_card(page: Page, _: Place) -> None:
    page.locator(CARD).get_by_role("button", name="Watch").click()


def _by_more_info(page: Page, _: Place) -> None:
    page.locator("hui-picture-entity-card").click()
    page.locator(f"{DIALOG} ha-camera-stream").wait_for()


def _bare(page: Page, scene: Place) -> None:
    simulator = scene.server.simulator
    url = f"http://{simulator.host}:{simulator.web_rtc_port}/camera1/whep"
    page.evaluate(BARE, url)


_WAYS: Final[Mapping[str, Show]] = {
    "card": _by_card,
    "more-info": _by_more_info,
    "bare WHEP": _bare,
}
