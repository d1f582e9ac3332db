"""What a user changed outlasts the entry, in the newest Home Assistant, too; no page is needed."""

from scripts.development.api import Api

from .conftest import StartHome

NAME = "Street side"
ENTITY_ID = "binary_sensor.somebody_on_the_street"


def test_an_entry_that_is_added_again_gets_back_what_its_user_changed(
    start_home: StartHome,
) -> None:
    home = start_home()
    watched = home.entities("Front Door")["binary_sensor.watched"]

    async def change(api: Api) -> None:
        await api.command(
            "config/entity_registry/update", entity_id=watched, new_entity_id=ENTITY_ID
        )
        row = await api.command("config/entity_registry/get", entity_id=ENTITY_ID)
        await api.command(
            "config/device_registry/update", device_id=row["device_id"], name_by_user=NAME
        )

    home.do(change)

    home.use_server(int(home.simulator_url.rpartition(":")[2]))

    assert home.entities(NAME)["binary_sensor.watched"] == ENTITY_ID
    assert home.state(ENTITY_ID) == "off"
    assert home.state("binary_sensor.nestmtx_connection") == "on"
