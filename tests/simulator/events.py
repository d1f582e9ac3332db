"""Events on the wire."""

from datetime import datetime
from urllib.parse import quote
import uuid

from .devices import Json
from .quirks import Quirks
from .records import Camera
from .streams import WEB_RTC_SESSION

_NAME_ONLY = ("extended", "failed-extension")
_SOURCE = ("ready", "notReady")
_READER = ("read", "unread")


def event_name(event: str, quirks: Quirks) -> str:
    """Return the server's spelling of an event: the documented `unDemand` is sent as `undemand`."""
    if event.lower() == "undemand":
        return "undemand" if quirks.lower_case_undemand else "unDemand"
    return event


def topics(domain: str, event: str, quirks: Quirks) -> tuple[str, str, str]:
    """Return the three topics on which an event is sent, in this order."""
    return f"{domain}:{event}", f"{domain}:*", event if quirks.bare_topic else "nestmtx:*"


def payload(
    domain: str,
    event: str,
    entity: int | None,
    details: Json,
    at: datetime,
    quirks: Quirks,
) -> Json:
    """Return the body of an event."""
    body = {"domain": domain, "event": event, "entity": entity, "details": details}
    return body | ({"at": stamp(at)} if quirks.events_carry_at else {})


def by_version(details: Json, quirks: Quirks) -> Json:
    """Return the details of a MediaMTX hook in the format of its version."""
    if quirks.mediamtx_1_9:
        return details
    changed = {"query": quote(details["query"], safe="")} if "query" in details else {}
    if details.get("readerType") == WEB_RTC_SESSION:
        changed["readerType"] = "webRTCSession"
    return details | changed


def stamp(at: datetime) -> str:
    """Format a time as in events and log lines."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


def camera_details(camera: Camera | None, path: str | None, event: str, query: str = "") -> Json:
    """Return the details of a camera's event; a path without a camera has no name."""
    if event in _NAME_ONLY:
        return {"name": camera and camera.name}
    details: Json = {
        "name": camera and camera.name,
        "enabled": camera and camera.enabled,
        "path": path,
        "query": query,
    }
    if event in _SOURCE:
        details |= {"sourceType": "srtConn", "sourceId": str(uuid.uuid4())}
    if event in _READER:
        details |= {"readerType": "rtspSession", "readerId": str(uuid.uuid4())}
    return details
