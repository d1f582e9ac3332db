"""Call actions, and return the requests that the server gets."""

from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.nestmtx.const import DOMAIN
from tests.simulator import Simulator

USER = {"username": "kitchen", "password": "S3CRET pass", "can_login": True}
CREDENTIAL = {
    "description": "Garden",
    "oauth_client_id": "S3CRET-id",
    "oauth_client_secret": "S3CRET-secret",
    "dac_project_id": "S3CRET-project",
}


async def call(hass: HomeAssistant, command: str, module: str, **data: Any) -> Any:
    """Call an action, and return the server's answer."""
    response = await hass.services.async_call(
        DOMAIN, command, {"module": module, **data}, blocking=True, return_response=True
    )
    assert response is not None
    assert set(response) == {"result"}
    return response["result"]


def sent(simulator: Simulator, module: str) -> list[dict[str, Any]]:
    """Return the requests that the server got for a module, without their ids."""
    return [
        {key: value for key, value in request.items() if key != "requestId"}
        for request in simulator.requests
        if request["module"] == module
    ]
