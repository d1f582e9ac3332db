"""Each event counts once, though it is sent three times."""

from typing import Any

import pytest

from custom_components.nestmtx.client.data.parsing import EventTopics
from custom_components.nestmtx.client.state.sync import BARE_TOPICS


def _payload(domain: str = "camera", event: str = "ready") -> dict[str, Any]:
    return {"domain": domain, "event": event, "entity": 1, "details": {}}


def _taken(*topics: str, payload: dict[str, Any] | None = None) -> list[str]:
    taker = EventTopics(BARE_TOPICS)
    return [topic for topic in topics if taker.take(topic, payload or _payload())]


def test_of_the_recorded_topics_the_specific_one_is_taken() -> None:
    assert _taken("camera:ready", "camera:*", "ready") == ["camera:ready"]


def test_of_the_topics_on_the_servers_page_the_specific_one_is_taken() -> None:
    assert _taken("camera:ready", "camera:*", "nestmtx:*") == ["camera:ready"]


def test_the_wildcard_is_taken_from_a_server_that_sends_no_specific_topic() -> None:
    assert _taken("camera:*", "camera:*") == ["camera:*", "camera:*"]


@pytest.mark.parametrize("topic", ["camera:unDemand", "camera:undemand", "CAMERA:UNDEMAND"])
def test_case_does_not_matter(topic: str) -> None:
    assert _taken(topic, payload=_payload(event="unDemand")) == [topic]


def test_a_bare_topic_says_nothing() -> None:
    assert _taken("ready") == []


def test_the_domain_is_the_payloads_not_the_topics() -> None:
    assert _taken("camera:ready", payload=_payload(domain="application")) == []


def test_what_carries_no_event_is_not_taken() -> None:
    assert EventTopics(BARE_TOPICS).take("camera:ready", "nonsense") is None


@pytest.mark.parametrize("topic", ["ready", "notReady", "unDemand", "authenticated"])
def test_a_bare_topic_is_not_accepted(topic: str) -> None:
    assert not EventTopics(BARE_TOPICS).accepts(topic)


def test_a_wildcard_is_accepted_until_a_specific_topic_has_come() -> None:
    topics = EventTopics(BARE_TOPICS)
    assert topics.accepts("camera:*")

    topics.take("camera:ready", _payload())

    assert not topics.accepts("camera:*")
    assert topics.accepts("camera:ready")


def test_a_topic_that_is_no_events_is_accepted() -> None:
    # Answers come on a topic that is called as the request's id is.
    assert EventTopics(BARE_TOPICS).accepts("0b1b6c3e-8a55-4c52-9f3c-4b7f4a0a9a01")
