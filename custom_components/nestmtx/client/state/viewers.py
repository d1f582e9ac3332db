"""Who watches through sessions that this client has opened for them."""

from typing import Protocol


class Viewers(Protocol):
    """Counts viewers from their first second to their last.

    A reader's id is MediaMTX's of its session: for WebRTC the header `ID` of the answer. An empty
    one is not known: it counts nothing. All is forgotten when the connection is lost.
    """

    def viewer_came(self, camera_id: int, reader_id: str, offered_at: float) -> None:
        """Count a viewer whose session is there; lists count it since its offer.

        `offered_at` is a time of the event loop. No event is reported for it.
        """

    def viewer_went(self, camera_id: int, reader_id: str) -> None:
        """Count a viewer off whose session has ended: what is told of it later is old."""
