"""Clips are recorded of sleeping cameras, and found in the media browser."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import av
from homeassistant.components.media_player import BrowseError
from homeassistant.components.media_source import async_browse_media, async_resolve_media
from homeassistant.components.media_source.error import Unresolvable
from homeassistant.components.stream.const import RECORDER_PROVIDER
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import numpy as np
from PIL import Image
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    MockHAClientWebSocket,
)

from custom_components.nestmtx.clip_store import MAX_BYTES, ClipStore, outdated
from custom_components.nestmtx.const import DOMAIN
from tests.conftest import Until
from tests.media import media_folder
from tests.simulator import Simulator, Times, World
from tests.simulator.picture import frame_number
from tests.simulator.probe import until as until_without_waiting
from tests.simulator.scenario import recorded

SUFFIXES = (".mp4", ".jpg")
FRONT = "camera.front_yard_front_yard_cam"


@pytest.fixture
def world() -> World:
    """A world with one camera."""
    return recorded(1)


pytestmark = pytest.mark.usefixtures("media_folder")
# Pytest finds fixtures by name.
__all__ = ["media_folder"]


@pytest.fixture
def times() -> Times:
    """A key frame every two seconds, and streams that end when the last reader leaves."""
    return replace(Times.fast(), key_frame_interval=2, close_after=0.3)


async def _record(hass: HomeAssistant, entity_id: str = FRONT, **data: Any) -> dict[str, Any]:
    response = await hass.services.async_call(
        DOMAIN,
        "record",
        {"entity_id": entity_id, "duration": 5, **data},
        blocking=True,
        return_response=True,
    )
    return response[entity_id]


def _device_id(hass: HomeAssistant, entity_id: str = FRONT) -> str:
    return er.async_get(hass).async_get(entity_id).device_id


def _put(folder: Path, *times: str, size: int = 3) -> None:
    """Add clips with their pictures."""
    for each in times:
        path = folder / f"{each}.mp4"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)
        path.with_suffix(".jpg").write_bytes(b"x")


def _frames(clip: dict[str, Any]) -> list[int]:
    """Return the numbers of a clip's frames."""
    with av.open(clip["filename"]) as container:
        return [frame_number(each.to_ndarray(format="gray")) for each in container.decode(video=0)]


async def _titles(hass: HomeAssistant, *parts: str) -> list[str]:
    browsed = await async_browse_media(hass, f"media-source://{'/'.join((DOMAIN, *parts))}")
    return [child.title for child in browsed.children]


async def test_a_sleeping_camera_is_woken_recorded_and_released(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    before = dt_util.utcnow()

    clip = await _record(hass)

    frames = _frames(clip)
    assert len(frames) >= 30
    assert frames == sorted(frames)
    assert before < datetime.fromisoformat(clip["taken_at"]) < dt_util.utcnow()
    await until(lambda: simulator.world.cameras[1].process is None)


async def test_the_picture_of_a_clip_is_of_its_first_seconds(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    clip = await _record(hass)

    picture = await hass.async_add_executor_job(
        Image.open, Path(clip["filename"]).with_suffix(".jpg")
    )
    shown = frame_number(np.asarray(picture.convert("L")))
    assert 0 <= shown - _frames(clip)[0] <= 40


async def test_the_media_browser_leads_to_a_clip_by_server_camera_and_day(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    browser: MockHAClientWebSocket,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    clip = await _record(hass)
    here, titles = f"media-source://{DOMAIN}", []

    for _ in range(4):
        await browser.send_json_auto_id(
            {"type": "media_source/browse_media", "media_content_id": here}
        )
        shown = (await browser.receive_json())["result"]["children"]
        titles.append(shown[0]["title"])
        here = shown[0]["media_content_id"]

    taken = dt_util.as_local(datetime.fromisoformat(clip["taken_at"]))
    time = f"{taken:%H:%M:%S}"
    assert titles == [loaded_entry.title, "Front Yard Cam", f"{taken:%Y-%m-%d}", time]
    assert [(each["title"], each["media_class"]) for each in shown] == [
        (time, "video"),
        (time, "image"),
    ]
    assert {each["thumbnail"] for each in shown} == {clip["picture_url"]}
    assert here == clip["media_content_id"]

    # Clips and pictures are served only to authenticated users.
    await browser.send_json_auto_id(
        {"type": "media_source/resolve_media", "media_content_id": here}
    )
    resolved = (await browser.receive_json())["result"]
    client, stranger = await hass_client(), await hass_client_no_auth()
    assert resolved["mime_type"] == "video/mp4"
    assert (await stranger.get(resolved["url"])).status == HTTPStatus.OK
    for url, kind in ((clip["url"], "video/mp4"), (clip["picture_url"], "image/jpeg")):
        answer = await client.get(url)
        assert (answer.status, answer.content_type) == (HTTPStatus.OK, kind)
        assert (await stranger.get(url)).status == HTTPStatus.UNAUTHORIZED


async def test_the_oldest_clips_beyond_those_that_are_kept_are_removed_with_their_pictures(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, media_folder: Path
) -> None:
    folder = media_folder / f"front_{_device_id(hass)[:8]}"
    _put(folder, "2026-01-01/10-00-00", "2026-01-02/10-00-00", "2026-01-02/11-00-00")
    notes = folder / "2026-01-01" / "mine.txt"
    notes.write_text("Not a clip.")

    clip = await _record(hass, keep=2)

    kept = {path for path in folder.glob("*/*") if path != notes}
    video = Path(clip["filename"])
    former = folder / "2026-01-02" / "11-00-00.mp4"
    assert kept == {each.with_suffix(suffix) for each in (video, former) for suffix in SUFFIXES}
    assert notes.exists()


async def test_a_camera_that_is_renamed_keeps_its_folder(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, media_folder: Path
) -> None:
    folder = media_folder / f"front_yard_cam_{_device_id(hass)[:8]}"
    _put(folder, "2026-01-01/10-00-00")
    dr.async_get(hass).async_update_device(_device_id(hass), name_by_user="Porch")
    await hass.async_block_till_done()

    clip = await _record(hass)

    assert Path(clip["filename"]).parents[1] == folder
    assert await _titles(hass, loaded_entry.entry_id) == ["Porch"]


async def test_clips_are_available_while_the_server_is_not(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, media_folder: Path
) -> None:
    device_id = _device_id(hass)
    _put(media_folder / f"front_{device_id[:8]}", "2026-01-01/10-00-00")
    await hass.config_entries.async_unload(loaded_entry.entry_id)

    day = (loaded_entry.entry_id, device_id, "2026-01-01")

    assert await _titles(hass, *day[:1]) == ["Front Yard Cam"]
    assert await _titles(hass, *day) == ["10:00:00", "10:00:00"]


@pytest.mark.parametrize(
    "identifier",
    [
        "{entry}/{device}/2026-01-01/secret.mp4",
        "{entry}/{device}/2026-01-01/../../../secret.mp4",
        "{entry}/{device}/../2026-01-01",
        "{entry}/{device}/2026-01-01/10-00-01.mp4",
        "{entry}/{device}/2026-01-01/10-00-02.mp4",
        "{entry}/{device}/2026-01-03/10-00-00.mp4",
        "{entry}/{device}/2026-01-01/10-00-00.mp4/more",
        "{entry}/..",
        "{entry}/*/2026-01-01/10-00-00.mp4",
        "other/{device}/2026-01-01/10-00-00.mp4",
    ],
)
async def test_only_clips_of_cameras_are_found(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    media_folder: Path,
    tmp_path: Path,
    identifier: str,
) -> None:
    device_id = _device_id(hass)
    folder = media_folder / f"front_{device_id[:8]}"
    _put(folder, "2026-01-01/10-00-00")
    _put(tmp_path, "secret", "2026-01-03/10-00-00")
    # A link out of the folder, a broken link, and a day that links out of the folder.
    (folder / "2026-01-01" / "10-00-01.mp4").symlink_to(tmp_path / "secret.mp4")
    (folder / "2026-01-01" / "10-00-02.mp4").symlink_to(tmp_path / "nothing.mp4")
    (folder / "2026-01-03").symlink_to(tmp_path / "2026-01-03")
    wanted = identifier.format(entry=loaded_entry.entry_id, device=device_id)

    with pytest.raises(Unresolvable, match="no longer exists"):
        await async_resolve_media(hass, f"media-source://{DOMAIN}/{wanted}", None)
    with pytest.raises(BrowseError, match="no longer exists"):
        await async_browse_media(hass, f"media-source://{DOMAIN}/{wanted}")
    assert await _titles(hass, loaded_entry.entry_id, device_id, "2026-01-01") == ["10:00:00"] * 2


async def test_a_camera_is_recorded_once_at_a_time(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    first = hass.async_create_background_task(_record(hass), "recording")
    await asyncio.sleep(0.1)

    with pytest.raises(HomeAssistantError, match="already being recorded"):
        await _record(hass)

    assert _frames(await first)


async def test_a_failed_recording_gives_the_reason(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, media_folder: Path
) -> None:
    await simulator.set_tokens(1, present=False, event="unauthenticated")
    await asyncio.sleep(0.2)

    with pytest.raises(HomeAssistantError, match="needs authorization"):
        await _record(hass)

    files = await hass.async_add_executor_job(lambda: [*media_folder.glob("*/*")])
    assert files == []


async def test_recording_a_stream_without_a_key_frame_is_given_up(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.nestmtx.clips.MAX_WAIT", -4.0)

    with pytest.raises(HomeAssistantError, match="no video to record"):
        await _record(hass)

    await until(lambda: simulator.world.cameras[1].process is None)


async def test_video_that_cannot_be_recorded_is_named(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise av.InvalidDataError(1094995529, "Invalid data found")

    # The simulator's video is valid.
    monkeypatch.setattr("homeassistant.components.stream.Stream.async_record", fail)

    with pytest.raises(HomeAssistantError, match="no video to record"):
        await _record(hass)


async def test_nothing_is_recorded_when_disk_space_is_low(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.nestmtx.clip_store.MIN_FREE", 1 << 60)

    with pytest.raises(HomeAssistantError, match="No space left"):
        await _record(hass)

    assert simulator.world.cameras[1].process is None


@pytest.mark.parametrize("ends", ["entry", "caller", "home_assistant"])
async def test_a_recording_ends_with_its_entry_or_its_caller(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    ends: str,
) -> None:
    recording = hass.async_create_background_task(_record(hass, duration=120), "recording")
    camera = hass.data["camera"].get_entity(FRONT)
    # Home Assistant is still busy then.
    await until_without_waiting(
        lambda: camera.stream is not None and RECORDER_PROVIDER in camera.stream.outputs()
    )

    if ends == "entry":
        await hass.config_entries.async_unload(loaded_entry.entry_id)
    elif ends == "home_assistant":
        hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    else:
        recording.cancel()

    with pytest.raises((HomeAssistantError, asyncio.CancelledError)):
        await recording
    await until(lambda: simulator.world.cameras[1].process is None)


def test_clips_are_removed_by_number_and_by_size() -> None:
    paths = [Path(str(number)) for number in range(4)]

    assert [*outdated([(path, 1) for path in paths], 3)] == paths[3:]
    assert [*outdated([(path, MAX_BYTES // 2) for path in paths], 200)] == paths[2:]


def test_a_new_clip_is_kept_although_the_clock_was_set_back(tmp_path: Path) -> None:
    store = ClipStore(tmp_path, "/media")
    clips = []
    for hour in (2, 1):
        recording = store.prepare("0123456789abcdef", "Front")
        recording.write_bytes(b"x")
        taken = datetime(2026, 10, 25, hour, tzinfo=UTC)
        clips.append(store.keep(recording, taken, None, 1))

    assert [clip.video.exists() for clip in clips] == [False, True]


async def test_a_camera_is_not_woken_for_a_folder_that_home_assistant_refuses(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    hass.config.allowlist_external_dirs.clear()
    hass.config.media_dirs.clear()
    hass.config.media_dirs["local"] = "/nowhere-else"

    with pytest.raises(HomeAssistantError, match="allowlist_external_dirs"):
        await _record(hass)

    assert simulator.world.cameras[1].process is None
