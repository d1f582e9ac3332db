"""Requests to any module, as the server has them: list, create, read, update, delete."""

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
"""JavaScript loses digits of longer ones. "01" would be another spelling of 1."""
_WITH_IDS = frozenset({"cameras", "credentials", "users"})
"""Modules whose rows have ids. Others name theirs, or may be of a newer server."""
_LOGIN = "auth"
_PROCESSES = "htop"
_IN_STATE = frozenset({"cameras", "credentials", "htop"})
"""Modules of which the state has something that a change concerns."""


class RPC:
    """Sends requests to any module; answers are redacted.

    All methods raise the errors of a request, RefusedChange and RefusedAuthorization, and
    InvalidAnswer.
    """

    def __init__(
        self, requester: Requester, cameras: CamerasAPI, server: ServerAPI, sync: StateSync
    ) -> None:
        """Nothing is under way."""
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
        """Return a page as the server answers it, or without a number all rows as one page.

        Not every module has rows and pages. Raises IncompleteList when the rows keep moving.
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
        """Create a row, and return what the server answers."""
        _check_payload(module, payload)
        return await self._request("create", module, payload=payload)

    async def read(self, module: str, entity: str) -> Any:
        """Return a row; of the credentials module, this finishes an authorization."""
        if module != "credentials":
            _check_id(module, entity)
        return await self._request("read", module, changes=module == "credentials", entity=entity)

    async def update(self, module: str, entity: str, payload: Mapping[str, Any]) -> Any:
        """Change a row, and return what the server answers.

        Of a camera, what the payload leaves out stays; a cron job is run, and waited for.
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
        """Delete a row, and return what the server answers."""
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
            # It may have been done even where no answer came.
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
    """Raise RefusedChange where a row is named by something that is not quite an id.

    The server reads the digits that a text begins with: "9-kitchen" would be row 9.
    """
    if module in _WITH_IDS and not _ID.fullmatch(entity):
        raise RefusedChange(ChangeProblem.ID_INVALID)


def _check_payload(module: str, payload: Mapping[str, Any]) -> None:
    """Raise RefusedChange or RefusedAuthorization for what is of no use, or does harm.

    The server writes whatever it is sent into its log, which everybody can read who connects.
    """
    if module.strip().lower() == _LOGIN:
        raise RefusedChange(ChangeProblem.LOGIN_REFUSED)
    if module.strip().lower() == _PROCESSES and payload.get("action") == "restart":
        # What it leaves streaming can be ended by no request.
        raise RefusedChange(ChangeProblem.RESTART_REFUSED)
    if module == "credentials" and "origin" in payload and origin_of(payload["origin"]) is None:
        raise RefusedAuthorization(AuthorizationProblem.INVALID_ORIGIN)
