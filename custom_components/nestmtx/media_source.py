"""Media source: the pictures and clips of cameras, by server, camera and day.

It only reads the media folder and the device registry, so that clips can be played while the server
is unavailable.
"""

from pathlib import Path
from typing import Final, override

from homeassistant.components.media_player import BrowseError, MediaClass, MediaType
from homeassistant.components.media_source import (
    BrowseMediaSource,
    MediaSource,
    MediaSourceItem,
    PlayMedia,
    Unresolvable,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .clip_store import PICTURE, VIDEO, ClipStore, clip_store_of
from .const import DOMAIN

_MIME_TYPES: Final = {PICTURE: "image/jpeg", VIDEO: "video/mp4"}
_MEDIA_CLASSES: Final = {PICTURE: MediaClass.IMAGE, VIDEO: MediaClass.VIDEO}


async def async_get_media_source(hass: HomeAssistant) -> NestMTXMediaSource:
    """Return the media source."""
    return NestMTXMediaSource(hass)


def media_content_id(entry_id: str, device_id: str, path: Path) -> str:
    """Return the media content id of a stored file."""
    return f"media-source://{DOMAIN}/{entry_id}/{device_id}/{path.parent.name}/{path.name}"


class NestMTXMediaSource(MediaSource):
    """Shows servers, their cameras, the days of a camera, and the files of a day."""

    name: str = "NestMTX"

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare the source; nothing is read before it is browsed."""
        super().__init__(DOMAIN)
        self._hass = hass

    @override
    async def async_resolve_media(self, item: MediaSourceItem) -> PlayMedia:
        """Return the URL and type of a picture or clip."""
        store = clip_store_of(self._hass)
        match _parts(item):
            case (entry_id, device_id, day, file) if device_id in self._cameras(entry_id):
                path = await self._hass.async_add_executor_job(store.path, device_id, day, file)
                if path is not None:
                    return PlayMedia(store.url(path), _MIME_TYPES[path.suffix], path=path)
        raise Unresolvable(translation_domain=DOMAIN, translation_key="media_gone")

    @override
    async def async_browse_media(self, item: MediaSourceItem) -> BrowseMediaSource:
        """Return the content of a server, camera or day; without an identifier, all servers."""
        shown = await self._browse(clip_store_of(self._hass), *_parts(item))
        if shown is None:
            raise BrowseError(translation_domain=DOMAIN, translation_key="media_gone")
        return shown

    async def _browse(self, store: ClipStore, *parts: str) -> BrowseMediaSource | None:
        run = self._hass.async_add_executor_job
        match parts:
            case ():
                return _folder("", self.name, [_folder(*each) for each in self._servers.items()])
            case (entry_id,) if entry_id in self._servers:
                cameras = self._cameras(entry_id)
                shown = [
                    _folder(f"{entry_id}/{device_id}", cameras[device_id])
                    for device_id in await run(store.devices, cameras)
                ]
                return _folder(entry_id, self._servers[entry_id], shown)
            case (entry_id, device_id) if device_id in self._cameras(entry_id):
                days = await run(store.days, device_id)
                shown = [_folder(f"{entry_id}/{device_id}/{day}", day) for day in days]
                return _folder("/".join(parts), self._cameras(entry_id)[device_id], shown)
            case (entry_id, device_id, day) if device_id in self._cameras(entry_id):
                paths = await run(_paths, store, device_id, day)
                shown = [_file("/".join(parts), path, paths, store) for path in paths]
                return _folder("/".join(parts), day, shown) if shown else None
            case _:
                return None

    @property
    def _servers(self) -> dict[str, str]:
        """Return the titles of the entries, by id."""
        entries = self._hass.config_entries.async_entries(DOMAIN)
        return {entry.entry_id: entry.title for entry in entries}

    @callback
    def _cameras(self, entry_id: str) -> dict[str, str]:
        """Return the names of a server's devices, by id."""
        if entry_id not in self._servers:
            return {}
        devices = dr.async_entries_for_config_entry(dr.async_get(self._hass), entry_id)
        names = {device.id: device.name_by_user or device.name or device.id for device in devices}
        return dict(sorted(names.items(), key=lambda each: each[1].casefold()))


def _parts(item: MediaSourceItem) -> tuple[str, ...]:
    """Return the parts of an identifier: server, camera, day and file, or the first of them."""
    return tuple(item.identifier.split("/")) if item.identifier else ()


def _paths(store: ClipStore, device_id: str, day: str) -> list[Path]:
    """Return the files of a day to show, newest first."""
    paths = (store.path(device_id, day, file) for file in store.files(device_id, day))
    return [path for path in paths if path is not None]


def _folder(
    identifier: str, title: str, children: list[BrowseMediaSource] | None = None
) -> BrowseMediaSource:
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=identifier,
        media_class=MediaClass.DIRECTORY,
        media_content_type=MediaType.VIDEO,
        title=title,
        can_play=False,
        can_expand=True,
        children=children,
    )


def _file(identifier: str, path: Path, siblings: list[Path], store: ClipStore) -> BrowseMediaSource:
    """Return the item of a picture or clip; a clip has its picture as thumbnail."""
    picture = path.with_suffix(PICTURE)
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=f"{identifier}/{path.name}",
        media_class=_MEDIA_CLASSES[path.suffix],
        media_content_type=_MIME_TYPES[path.suffix],
        title=path.stem.replace("-", ":"),
        can_play=True,
        can_expand=False,
        thumbnail=store.url(picture) if picture in siblings else None,
    )
