"""Viewers whose sessions this client has opened."""

from typing import Protocol


class Viewers(Protocol):
    """Counts viewers from the start of their session to its end.

    A reader's id is MediaMTX's id of its session: for WebRTC the header `ID` of the answer. An
    empty id is unknown and ignored. All viewers are forgotten when the connection is lost.
    """

    def viewer_came(self, camera_id: int, reader_id: str, offered_at: float) -> None:
        """Add a viewer whose session has been created; lists count it from its offer on.

        `offered_at` is a time of the event loop. No event is reported for the viewer.
        """

    def viewer_went(self, camera_id: int, reader_id: str) -> None:
        """Remove a viewer whose session has ended; later events about it are ignored."""
