"""Requests to any module, with the server's commands: list, create, read, update, delete."""

import asyncio
import re
from typing import TYPE_CHECKING, Any

from ..connection.fetch import PAGE_SIZE, Requester, is_first_of_many, list_all
from ..errors import (
    AuthorizationProblem,
    ChangeProblem,
    IncompleteList,
    RefusedAuthorization,
    RefusedChange,
    RequestError,
)
from ..redaction import is_short, redact_answer
from .cameras import CameraChange, CamerasAPI
from .credentials import origin_of
from .refusals import change_error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..state.sync import StateSync
    from .server import ServerAPI

_ID = re.compile(r"0|[1-9][0-9]{0,14}")
"""JavaScript loses digits of longer ids. "01" would be the same id as 1."""
_WITH_IDS = frozenset({"cameras", "credentials", "users"})
"""Modules whose rows have numeric ids. Others use names, or belong to a newer server."""
_LOGIN = "auth"
_PROCESSES = "htop"
_IN_STATE = frozenset({"cameras", "credentials", "htop"})
"""Modules whose changes affect the state."""


class RPC:
    """Sends requests to any module; answers are redacted.

    All methods raise the errors of a request, RefusedChange and RefusedAuthorization, and
    InvalidAnswer.
    """

    def __init__(
        self, requester: Requester, cameras: CamerasAPI, server: ServerAPI, sync: StateSync
    ) -> None:
        """Initialize; nothing is sent yet."""
        self._requester = requester
        self._cameras = cameras
        self._server = server
        self._sync = sync

    async def list(
        self,
        module: str,
        search: str | None = None,
        page: int | None = None,
        items_per_page: int | None = None,
    ) -> Any:
        """Return a page as the server answers it, or all rows as one page if `page` is None.

        Not every module has rows and pages. Raises IncompleteList if the rows keep changing.
        """
        payload: dict[str, Any] = {} if search is None else {"search": search}
        payload |= {"page": page or 1, "itemsPerPage": items_per_page or PAGE_SIZE}
        answer = await self._requester.request("list", module, payload=payload)
        if page is None and is_first_of_many(answer):
            listing = await list_all(self._requester, module, search=search)
            if not listing.complete:
                raise IncompleteList(f"The rows of {module} keep moving")
            total = len(listing.rows)
            answer = {"page": 1, "itemsPerPage": total, "total": total, "items": [*listing.rows]}
        return await _redacted(answer)

    async def create(self, module: str, payload: Mapping[str, Any]) -> Any:
        """Create a row, and return the server's answer."""
        _check_payload(module, payload)
        return await self._request("create", module, payload=payload)

    async def read(self, module: str, entity: str) -> Any:
        """Return a row; in the credentials module, finish an authorization instead."""
        if module != "credentials":
            _check_id(module, entity)
        return await self._request("read", module, changes=module == "credentials", entity=entity)

    async def update(self, module: str, entity: str, payload: Mapping[str, Any]) -> Any:
        """Change a row, and return the server's answer.

        A camera keeps the settings that the payload omits. A cron job is run to its end.
        """
        _check_id(module, entity)
        _check_payload(module, payload)
        if module == "cameras":
            return await self._update_camera(entity, payload)
        if module == "cronjobs":
            answer = await self._server.run_cron_job(entity, payload)
            return await _redacted(answer)
        return await self._request("update", module, entity=entity, payload=payload)

    async def delete(self, module: str, entity: str) -> Any:
        """Delete a row, and return the server's answer."""
        _check_id(module, entity)
        return await self._request("delete", module, entity=entity)

    async def _request(
        self, command: str, module: str, *, changes: bool = True, **request: Any
    ) -> Any:
        try:
            answer = await self._requester.request(command, module, **request)
            return await _redacted(answer)
        except RequestError as err:
            raise change_error(err) from err
        finally:
            # The server may have made the change even without an answer.
            if changes and module in _IN_STATE:
                self._sync.resync_soon()

    async def _update_camera(self, entity: str, payload: Mapping[str, Any]) -> None:
        change = CameraChange()
        if "mtx_path" in payload:
            change["path"] = payload["mtx_path"] or None
        if "is_enabled" in payload:
            change["is_enabled"] = payload["is_enabled"]
        if "is_persistent" in payload:
            change["is_persistent"] = payload["is_persistent"]
        await self._cameras.update(int(entity), change)


async def _redacted(answer: Any) -> Any:
    if is_short(answer):
        return redact_answer(answer)
    return await asyncio.to_thread(redact_answer, answer)


def _check_id(module: str, entity: str) -> None:
    """Raise RefusedChange for an entity that is not exactly an id.

    The server parses only the leading digits: "9-kitchen" would be row 9.
    """
    if module in _WITH_IDS and not _ID.fullmatch(entity):
        raise RefusedChange(ChangeProblem.ID_INVALID)


def _check_payload(module: str, payload: Mapping[str, Any]) -> None:
    """Raise RefusedChange or RefusedAuthorization for a useless or harmful request.

    The server writes each request to its log, which any connected client can read.
    """
    if module.strip().lower() == _LOGIN:
        raise RefusedChange(ChangeProblem.LOGIN_REFUSED)
    if module.strip().lower() == _PROCESSES and payload.get("action") == "restart":
        # It leaves a stream that no request can end.
        raise RefusedChange(ChangeProblem.RESTART_REFUSED)
    if module == "credentials" and "origin" in payload and origin_of(payload["origin"]) is None:
        raise RefusedAuthorization(AuthorizationProblem.INVALID_ORIGIN)
