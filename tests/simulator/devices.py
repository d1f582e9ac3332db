"""Google's description of each kind of device: the `info` of a camera's row, as recorded."""

import copy
from dataclasses import dataclass, field
from typing import Any

type Json = dict[str, Any]

_TRAIT = "sdm.devices.traits"


def _live_stream(protocol: str, audio: str, size: tuple[int, int] | None) -> Json:
    resolution = {"width": size[0], "height": size[1]} if size else None
    return ({"maxVideoResolution": resolution} if resolution else {}) | {
        "videoCodecs": ["H264"],
        "audioCodecs": [audio],
        "supportedProtocols": [protocol],
    }


def _traits(live_stream: Json, *others: str) -> Json:
    still = {f"{_TRAIT}.CameraImage": {"maxImageResolution": {"width": 1920, "height": 1200}}}
    plain: Json = {f"{_TRAIT}.{name}": {} for name in others}
    has_stills = live_stream["supportedProtocols"] == ["RTSP"]
    return {f"{_TRAIT}.CameraLiveStream": live_stream} | (still if has_stills else {}) | plain


_LEGACY = ("CameraPerson", "CameraSound", "CameraMotion", "CameraEventImage")
_CURRENT = ("CameraPerson", "CameraMotion")


@dataclass(frozen=True)
class Kind:
    """A kind of device, and the model names that NestMTX identifies it as."""

    type: str
    models: tuple[str, ...]
    traits: Json = field(repr=False)

    @property
    def live_stream(self) -> Json:
        """The trait that describes the video; empty for an offline device."""
        trait: Json = self.traits.get(f"{_TRAIT}.CameraLiveStream", {})
        return trait

    @property
    def connects_first(self) -> bool:
        """Whether a "connecting" picture precedes the video."""
        return "WEB_RTC" in self.live_stream.get("supportedProtocols", ())


KINDS = {
    "legacy": Kind(
        "CAMERA",
        ("Nest Cam (legacy)",),
        _traits(_live_stream("RTSP", "AAC", (640, 480)), *_LEGACY),
    ),
    "legacy_doorbell": Kind(
        "DOORBELL",
        ("Nest Doorbell (legacy)",),
        _traits(_live_stream("RTSP", "AAC", (640, 480)), *_LEGACY, "DoorbellChime"),
    ),
    "hub_max": Kind(
        "DISPLAY",
        ("Nest Hub Max",),
        _traits(_live_stream("RTSP", "AAC", (1280, 720)), *_LEGACY),
    ),
    "battery": Kind(
        "CAMERA",
        (
            "Nest Cam (outdoor or indoor, battery)",
            "Nest Cam with floodlight",
            "Nest Cam (indoor, wired)",
        ),
        _traits(_live_stream("WEB_RTC", "OPUS", None), *_CURRENT),
    ),
    "doorbell": Kind(
        "DOORBELL",
        ("Nest Doorbell (battery)", "Nest Doorbell (wired)"),
        _traits(
            _live_stream("WEB_RTC", "OPUS", None),
            *_CURRENT,
            "DoorbellChime",
            "CameraClipPreview",
        ),
    ),
    "offline": Kind("CAMERA", (), {}),
}


def description(kind: Kind, uid: str, name: str, room: str, number: int) -> Json:
    """Return Google's answer about a device; for the room "Unknown" Google returns none."""
    enterprise = uid.partition("/devices/")[0]
    parent = f"{enterprise}/structures/AVPHstruct/rooms/AVPHroom{number}"
    relations = [{"parent": parent, "displayName": room}] if room != "Unknown" else []
    return {
        "name": uid,
        "type": f"sdm.devices.types.{kind.type}",
        "assignee": parent,
        "traits": {f"{_TRAIT}.Info": {"customName": name}} | copy.deepcopy(kind.traits),
        "parentRelations": relations,
    }
