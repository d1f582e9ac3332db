"""The reasons why the server refuses a change, by error message."""

from ..errors import (
    AuthorizationProblem,
    ChangeProblem,
    RefusedAuthorization,
    RefusedChange,
    RequestError,
)

_REFUSALS = {
    "errors.cameras.update.mtxPathAlreadyInUse": ChangeProblem.PATH_IN_USE,
    "errors.cameras.update.mtxPathIsRequired": ChangeProblem.PATH_REQUIRED,
    "errors.credentials.authorize.invalidState": ChangeProblem.AUTHORIZATION_MALFORMED,
    "errors.credentials.authorize.malformed": ChangeProblem.AUTHORIZATION_MALFORMED,
    "errors.users.delete.cannotDeleteSelf": ChangeProblem.USER_IN_USE,
    "errors.users.delete.cannotDeleteSystemUser": ChangeProblem.USER_OF_SYSTEM,
    "errors.users.update.cannotChangeOwnLoginAbility": ChangeProblem.USER_IN_USE,
    "Row not found": ChangeProblem.ROW_GONE,
    "UNIQUE constraint failed: credentials.checksum": ChangeProblem.CREDENTIAL_EXISTS,
    "UNIQUE constraint failed: users.username": ChangeProblem.USER_EXISTS,
}
"""Problems by the server's message."""
_INVALID_ORIGIN = "Invalid URL"
"""The server's message for an origin that is not a URL."""


def change_error(
    err: RequestError, gone: ChangeProblem = ChangeProblem.ROW_GONE
) -> RefusedAuthorization | RefusedChange | RequestError:
    """Return the specific error for a known message, else the error itself."""
    if err.message == _INVALID_ORIGIN:
        return RefusedAuthorization(AuthorizationProblem.INVALID_ORIGIN)
    problem = _REFUSALS.get(err.message)
    if problem is None:
        return err
    return RefusedChange(gone if problem is ChangeProblem.ROW_GONE else problem)
