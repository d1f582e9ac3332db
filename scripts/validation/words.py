"""Texts for users: plain words, Home Assistant's own terms, and short pages.

Core's terms are taken from the installed Home Assistant: the common strings for English, and the
translations of two of its integrations for all languages.
"""

from collections.abc import Iterator, Mapping
from functools import cache
import json
from pathlib import Path, PurePosixPath
import re
from typing import Any

import homeassistant

from .repository import ENGLISH, Finding, Findings, Repository, branch

CORE = Path(homeassistant.__file__).parent
FORM = "glances"
"""A core integration whose form has the fields of a server with a login."""
AUTOMATIONS = "media_player"
"""A core integration whose triggers and conditions have the usual fields."""

README = "README.md"
MOST_WORDS = {README: 1200}
MOST_WORDS_OF_A_PAGE = 900
PAGES = (README, "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "docs/*.md")
UNLIMITED = frozenset(PAGES[1:4])
"""Pages that may be of any length: a changelog grows with each release."""

_THEM = r"(?:it|them|him|her|you|us|NestMTX|Home Assistant|the \w+|an? \w+)"
# Regular expressions to find, with Home Assistant's words in their place.
PHRASES: Mapping[str, str] = {
    r"any ?more": "no longer",
    r"anyhow": "already",
    rf"let(?:s|ting)? (?:{_THEM} )?in": "has access",
    r"(?:is|are|was|were|be) told(?! apart)": "you see",
    r"tells? (?:how|of|that|what|when|where|whether|which|who|why)": "shows",
    r"(?:every|no|some)body": "everyone, no one, someone",
    r"who(?:ever|m)": "anyone who, that",
    r"ceas(?:e|es|ed|ing)": "stop",
    r"once more": "again",
    r"for ever": "forever",
    r"had again": "restored",
    r"put right": "fix",
    r"(?:reads?|reading) along": "reads",
    r"good for (?:a|one|some|\d+)": "expires in",
    r"kept nowhere": "isn't stored",
    r"as (?:Google|NestMTX|the \w+) (?:knows|shows) it": "as it appears in",
    r"by intention": "this is intended",
    r"what for:": "what you can do with it",
    r"is a good idea": "we recommend",
    r"users? of (?:its|their) own": "separate",
    r"is not understood": "unexpected",
    r"there is no connection": "failed to connect",
    r"is soon \w+": "quickly",
    r"is pressed until": "finishes when",
    r"is reached (?:over|under)": "connect over",
    r"wakes no(?:ne|body)": "without waking any",
    r"stream(?: of \w+ \w+)? can be read": "is streaming",
    r"stands? still": "stalled",
    r"(?:pictures?|video)(?: of (?:the )?\w+)? comes?": "goes through",
    r"user names?": "username",
    r"host names?": "hostname",
    r"encrypted connection": "SSL certificate",
    r"still pictures?": "snapshot",
    r"switch(?:es|ed|ing)? (?:(?:it|that|this) )?o(?:n|ff)(?! (?:an?|its|the) )": "turn on, off",
    r"switch(?:es|ed|ing)? ([*\"])[^*\"]+\1 o(?:n|ff)": "turn on, off",
    r"log(?:s|ged|ging)? in": "sign in",
}
_PHRASES = {
    re.compile(rf"\b{phrase.replace(' ', r'\s+')}(?!\w)", re.IGNORECASE): instead
    for phrase, instead in PHRASES.items()
}

# Code and link targets, including line breaks.
_CODE = re.compile(r"^ *```.*?^ *```$|`[^`\n]+`|(?<=\])\([^)\n]*\)", re.DOTALL | re.MULTILINE)

# An error without a message in core, as the host may also be entered as a URL.
OWN_WORDS = {("config", "invalid_host")}


def phrases(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield the phrases to avoid in a text: the line, the phrase, and its replacement."""
    for pattern, instead in _PHRASES.items():
        for match in pattern.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, " ".join(match[0].split()), instead


def check(repository: Repository) -> Findings:
    """Check the English texts, the pages, and the terms in all languages."""
    for place, text in _texts(repository.document(ENGLISH)):
        for _, phrase, instead in phrases(text):
            yield Finding(repository.path(ENGLISH), f'{place}: "{phrase}": say "{instead}"')
    for path, content in repository.files.items():
        if any(PurePosixPath(path).full_match(page) for page in PAGES):
            yield from _page(path, content.decode())
    prefix = repository.path("translations/")
    for path, document in repository.parsed.items():
        if path.startswith(prefix):
            language = path.removeprefix(prefix).removesuffix(".json")
            problems = (*_labels(language, document), *_errors(language, document))
            yield from (Finding(path, problem) for problem in problems)


def _page(path: str, text: str) -> Findings:
    words, most = len(text.split()), MOST_WORDS.get(path, MOST_WORDS_OF_A_PAGE)
    if words > most and path not in UNLIMITED:
        yield Finding(path, f"has {words} words: {most} is the most")
    prose = _CODE.sub(lambda code: "\n" * code[0].count("\n") or " ", text)
    for line, phrase, instead in phrases(prose):
        yield Finding(path, f'line {line}: "{phrase}": say "{instead}"')


def _labels(language: str, document: Any) -> Iterator[str]:
    """Yield the labels of fields that core labels differently."""
    named: dict[str, tuple[Any, str | None]] = {}
    of_core = _form_of_core(language)[0]
    for step, words in branch(document, "config", "step").items():
        for field, label in branch(words, "data").items():
            named[f"config.step.{step}.data.{field}"] = label, of_core.get(field)
    for kind, of_core in _automations_of_core(language).items():
        for name, words in branch(document, kind).items():
            for field, described in branch(words, "fields").items():
                label = branch(described).get("name")
                named[f"{kind}.{name}.fields.{field}.name"] = label, of_core.get(field)
    for place, (label, expected) in named.items():
        if label is not None and expected is not None and label != expected:
            yield f'{place}: say "{expected}"'


def _errors(language: str, document: Any) -> Iterator[str]:
    """Yield the form errors that do not begin with core's message."""
    of_core = _form_of_core(language)[1]
    for flow in ("config", "options"):
        for key, text in branch(document, flow, "error").items():
            begin = of_core.get(key, "")
            if (flow, key) not in OWN_WORDS and not str(text).startswith(begin):
                yield f'{flow}.error.{key}: begin with "{begin}"'


@cache
def _form_of_core(language: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return core's field labels and error messages, by key."""
    if language == "en":
        common = branch(json.loads((CORE / "strings.json").read_text()), "common", "config_flow")
        return common["data"], common["error"]
    words = _of_core(FORM, language)
    return branch(words, "config", "step", "user", "data"), branch(words, "config", "error")


@cache
def _automations_of_core(language: str) -> dict[str, dict[str, str]]:
    """Return core's labels of the fields shared by all triggers and conditions."""
    words = _of_core(AUTOMATIONS, language)
    first = {kind: branch(words, kind, key) for kind, key in _SAMPLES.items()}
    return {
        kind: {field: each["name"] for field, each in branch(words, "fields").items()}
        for kind, words in first.items()
    }


_SAMPLES = {"triggers": "turned_on", "conditions": "is_on"}


def _of_core(integration: str, language: str) -> dict[str, Any]:
    """Return the translations of a core integration; empty for a language that core lacks."""
    path = CORE / "components" / integration / "translations" / f"{language}.json"
    return json.loads(path.read_text()) if path.is_file() else {}


def _texts(tree: Any, place: str = "") -> Iterator[tuple[str, str]]:
    for key, value in branch(tree).items():
        here = f"{place}.{key}" if place else str(key)
        if isinstance(value, str):
            yield here, value
        yield from _texts(value, here)
