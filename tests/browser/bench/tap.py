"""From the tap to the first frame: the card and more-info, beside a bare WHEP page."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
import time
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
KIND = Times(
    process_start=1.0,
    connecting=0.0,
    key_frame_interval=1,
    misses_first_key_frame=False,
    close_after=0.5,
    event_delay=0.1,
)
"""Any delay is the page's own."""
_STEADY = 20.0
"""Seconds after which Home Assistant is certain that a stream shows the camera."""
_PATIENCE = 90_000

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
    with place(folder / "kind", 1, KIND) as scene:
        taken = [_of_ready_camera(browser, scene) for _ in range(rounds + 1)][1:]
    for way, goal in (("card", Goal("<=", 1.2)), ("more-info", None)):
        pair = Pair(*(tuple(times[each] for times in taken) for each in (way, "bare WHEP")))
        yield Figure.compared(f"Tap to first frame, ready: {way}", pair, "ms", "bare WHEP", goal)
    # In the server's real time, of which the server takes nearly all.
    with place(folder / "slow", 1, Times()) as scene:
        bare, card = (_of_sleeping_camera(browser, scene, way) for way in ("bare WHEP", "card"))
    what = "Tap to first frame, asleep: card"
    yield Figure(what, card, "ms", bare, "bare WHEP", card / bare)
    yield Figure(f"{what}, its own part", card - bare, "ms", goal=Goal("<=", 300))


def _of_ready_camera(browser: Browser, scene: Place) -> dict[str, float]:
    """Measure all ways while the camera streams for another viewer."""
    server, simulator = scene.server, scene.server.simulator
    reader = server.do(simulator.open_reader(_CAMERA))
    time.sleep(_STEADY)
    taken = {way: _first_frame(browser, scene, show) for way, show in _WAYS.items()}
    server.do(simulator.close_reader(_CAMERA, reader))
    server.wait(lambda: simulator.world.cameras[_CAMERA].process is None)
    return taken


def _of_sleeping_camera(browser: Browser, scene: Place, way: str) -> float:
    took = _first_frame(browser, scene, _WAYS[way])
    camera = scene.server.simulator.world.cameras[_CAMERA]
    scene.server.wait(lambda: camera.process is None)
    return took


def _first_frame(browser: Browser, scene: Place, show: Show) -> float:
    """Return milliseconds from the tap to the first frame, in a new page that is at rest."""
    with browser.new_page(viewport=SIZE) as page:
        page.add_init_script(INSTRUMENT)
        log_in(page, scene.home.show_both(_NAME))
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
