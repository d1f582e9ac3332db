"""Each event is accepted once, although it is sent three times."""

from typing import Any

import pytest

from custom_components.nestmtx.client.data.parsing import EventTopics
from custom_components.nestmtx.client.state.sync import BARE_TOPICS


def _payload(domain: str = "camera", event: str = "ready") -> dict[str, Any]:
    return {"domain": domain, "event": event, "entity": 1, "details": {}}


def _taken(*topics: str, payload: dict[str, Any] | None = None) -> list[str]:
    taker = EventTopics(BARE_TOPICS)
    return [topic for topic in topics if taker.take(topic, payload or _payload())]


def test_the_specific_topic_is_accepted_of_the_recorded_ones() -> None:
    assert _taken("camera:ready", "camera:*", "ready") == ["camera:ready"]


def test_the_specific_topic_is_accepted_of_the_documented_ones() -> None:
    assert _taken("camera:ready", "camera:*", "nestmtx:*") == ["camera:ready"]


def test_the_wildcard_is_accepted_from_a_server_without_specific_topics() -> None:
    assert _taken("camera:*", "camera:*") == ["camera:*", "camera:*"]


@pytest.mark.parametrize("topic", ["camera:unDemand", "camera:undemand", "CAMERA:UNDEMAND"])
def test_case_does_not_matter(topic: str) -> None:
    assert _taken(topic, payload=_payload(event="unDemand")) == [topic]


def test_an_event_on_a_bare_topic_is_ignored() -> None:
    assert _taken("ready") == []


def test_the_domain_comes_from_the_payload() -> None:
    assert _taken("camera:ready", payload=_payload(domain="application")) == []


def test_a_message_without_an_event_is_ignored() -> None:
    assert EventTopics(BARE_TOPICS).take("camera:ready", "nonsense") is None


@pytest.mark.parametrize("topic", ["ready", "notReady", "unDemand", "authenticated"])
def test_a_bare_topic_is_not_accepted(topic: str) -> None:
    assert not EventTopics(BARE_TOPICS).accepts(topic)


def test_a_wildcard_is_accepted_until_the_first_specific_topic() -> None:
    topics = EventTopics(BARE_TOPICS)
    assert topics.accepts("camera:*")

    topics.take("camera:ready", _payload())

    assert not topics.accepts("camera:*")
    assert topics.accepts("camera:ready")


def test_the_topic_of_an_answer_is_accepted() -> None:
    # The topic of an answer is the request's id.
    assert EventTopics(BARE_TOPICS).accepts("0b1b6c3e-8a55-4c52-9f3c-4b7f4a0a9a01")
