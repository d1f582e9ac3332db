"""The dashboard's view of a server: by values, without a server."""

from playwright.sync_api import Page


def test_jobs_that_have_no_words_are_listed_with_their_last_run(frontend: Page) -> None:
    entity_ids = {
        "button.nestmtx_synchronize_cameras": "synchronize_cameras",
        "sensor.nestmtx_last_run_synchronize_cameras": "last_run_synchronize_cameras",
        "button.nestmtx_run_prune_logs": "cron_job",
        "button.nestmtx_run_back_up": "cron_job",
        "sensor.nestmtx_last_run_prune_logs": "last_run_cron_job",
        "binary_sensor.nestmtx_connection": "connection",
    }
    entities = {
        entity_id: {
            "entity_id": entity_id,
            "device_id": "server",
            "platform": "nestmtx",
            "translation_key": key,
        }
        for entity_id, key in entity_ids.items()
    }

    jobs = frontend.evaluate(
        """async entities => {
            const { devicesOf } = await import("/devices.js");
            const { jobsOf } = await import("/server-view.js");
            const hass = { entities, devices: {}, areas: {} };
            return jobsOf(devicesOf(hass).servers[0].entities, () => undefined);
        }""",
        entities,
    )

    assert jobs == [
        {
            "button": "button.nestmtx_synchronize_cameras",
            "last_run": "sensor.nestmtx_last_run_synchronize_cameras",
        },
        {
            "button": "button.nestmtx_run_prune_logs",
            "last_run": "sensor.nestmtx_last_run_prune_logs",
        },
        {"button": "button.nestmtx_run_back_up"},
    ]
