"""Recognizes secrets by name or by format, and masks them. All output uses this one list.

Names are those of fields and of `name=value` in texts, in any spelling: `client_id`, `clientId`,
`Client ID` or `X-OAUTH-CLIENT-ID`. All patterns take linear time.
"""

from functools import lru_cache
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

REDACTED = "**REDACTED**"

_ENDINGS = (
    *("password", "passwd", "passphrase", "passcode", "secret", "token", "bearer", "jwt"),
    *("authorization", "cookie", "client id", "project id", "session id", "ice pwd"),
    *("api key", "app key", "private key", "access key", "encryption key"),
)
"""Endings of secrets' names, also in "clientSecret", "x-api-key" and "refresh_tokens"."""
_WORDS = ("pass", "pwd", "psk")
"""Names, or last words of names: "compass" does not match."""
_HEADERS = ("authorization", "cookie")
"""Names whose values may contain spaces, commas and names, and end with the line."""
_FIELDS = frozenset({"context"})
"""Fields in which the server repeats whole requests."""
MAX_NAME_LENGTH = 100
"""Characters of a field's name that are checked, from its end."""
MAX_SECRETS = 64
"""Given secrets to search for in a text; with more, the whole text is masked."""
MAX_USER_LENGTH = 256
"""Maximum characters of credentials in a URL that contain a slash."""


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(word.replace(" ", "[ _-]?") for word in words)


_NAME = rf"""(?:
    (?:{_alternatives(_ENDINGS)})
    | (?<![a-z]) (?:{_alternatives(_WORDS)})
    | (?-i:(?<=[a-z])(?:{_alternatives(word.title() for word in _WORDS)}))
    ) (?:s | [ _-]?(?:hash|key|value|string|text|[0-9]{{1,3}}))?"""
_SECRET_NAME = re.compile(rf"{_NAME}\s*\Z", re.IGNORECASE | re.VERBOSE)
_KEY = re.compile(
    rf"""{_NAME} \\{{0,15}} ["'`]? (?: [ \t]{{0,4}} (?: => | :=? | = | %3[AD] ) | > )
        | (?<![\w-]) --[a-z-]{{0,20}}? {_NAME} [ \t]{{1,4}} (?=[^ \t-])""",
    re.IGNORECASE | re.VERBOSE,
)
"""A name and the separator before its value: in JSON, in JSON within JSON, as a parameter, a
header, a command-line option, or in XML."""
_HEADER = re.compile(rf"(?:{_alternatives(_HEADERS)})[^a-z]*\Z", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t]{0,4}")
_QUOTE = re.compile(r"""(\\{0,15})(["'`])""")
_BRACKETS = re.compile(r"[\[\]{}]")
_NOTHING = re.compile(r"(?:null|undefined|true|false)(?=\s{0,4}(?:[,;&)}\]]|\Z))", re.IGNORECASE)
_NEXT = re.compile(
    r"""[\r\n<] | [\s,;&] \s{0,4} \\{0,15} ["'`]? [a-z_][\w.-]{0,63} \\{0,15} ["'`]?
        [ \t]{0,4} (?:[:=]|%3[AD])""",
    re.IGNORECASE | re.VERBOSE,
)
"""The end of an unquoted value: spaces and commas end it only if a name follows."""

_LOOK = re.compile(
    rf"""
      (?P<bearer>\bbearer[ \t]{{1,4}}) (?!(?:tokens?|auth\w*|credentials?|schemes?|realm)\b)
        [\w.~+/=-]+
    | (?P<basic>\bbasic[ \t]{{1,4}})
        (?-i:(?=[A-Za-z+/]{{0,200}}(?:[0-9=+/]|[a-z][A-Z])) [A-Za-z0-9+/_-]{{6,}}={{0,2}})
    | (?P<scheme>[a-z]://) (?: [^/?\#\s"'<>]*@
        | [^/?\#\s"'<>:@\[]*: (?![0-9]{{0,5}}(?:[/?\#\s"'<>]|\Z))
            [^\s"'<>]{{0,{MAX_USER_LENGTH}}}@ )
    | (?P<query>[?&](?:code|key|auth|sig|signature)=) [^&\s"'\#]+
    | (?<![\w-]) (?: ya29\.[\w.-]+                     # Google's access tokens
        | 1(?:\\?/|%2f){{2}}0[\w-]{{4,}}               # Google's refresh tokens
        | 4(?:\\?/|%2f)0A[\w-]+                        # Google's codes
        | GOCSPX-[\w-]+ | AIza[\w-]{{20,}}             # Google's client secrets, API keys
        | g\.0\.[\w.-]+                                # Google's stream tokens
        | eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?               # JSON web tokens
        | oat_[\w.-]+ )                                # the server's tokens
    | (?<![\w-]) [\w-]+\.apps\.googleusercontent\.com # Google's OAuth client ids
    | (?P<project>(?:\b|(?<=%2f))(?:enterprises|partnerconnections)(?:\\?/|%2f)) [^/\\\s"'?,;%]+
    | (?P<name>(?:\b|(?<=%2f))(?:devices|structures|rooms)(?:\\?/|%2f))
        (?-i:(?![a-z]*(?:[\s"'`.,;:()\[\]{{}}/\\?&%]|\Z))) [^/\\\s"'?,;%]+
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Secrets without a name. Google's device resource names are masked; a plain word isn't."""


@lru_cache(1024)
def _is_secret(name: str) -> bool:
    return name.lower() in _FIELDS or _SECRET_NAME.search(name) is not None


def is_secret(name: str) -> bool:
    """Return whether a field of this name holds a secret."""
    return _is_secret(name[-MAX_NAME_LENGTH:])


def redact(text: str, secrets: frozenset[str] = frozenset()) -> str:
    """Mask in a text what looks like a secret, and the given secrets."""
    return _LOOK.sub(_mask, _mask_values(_mask_given(text, secrets)))


def cut(text: str, length: int, secrets: frozenset[str]) -> str:
    """Return the first `length` characters of a text, without a partial secret at the end."""
    if len(text) <= length:
        return text
    text = text[:length]
    halves = (
        size
        for secret in secrets
        for size in range(1, min(len(secret), length + 1))
        if text.endswith(secret[:size])
    )
    return text[: length - max(halves, default=0)]


def _mask_given(text: str, secrets: frozenset[str]) -> str:
    """Mask the given secrets in one pass: one may be part of another, or of the mask."""
    if not secrets:
        return text
    if len(secrets) > MAX_SECRETS:
        return REDACTED
    spellings = {
        spelling
        for secret in secrets
        for spelling in (secret, json.dumps(secret)[1:-1], quote(secret, "", errors="replace"))
        if len(spelling) <= len(text)
    }
    pattern = "|".join(map(re.escape, sorted(spellings, key=len, reverse=True)))
    return re.sub(pattern, REDACTED, text) if pattern else text


def _mask_values(text: str) -> str:
    """Mask the values of secret names."""
    shown: list[str] = []
    position = 0
    while key := _KEY.search(text, position):
        start, end = _value(text, key)
        shown += text[position:start], REDACTED if end > start else ""
        position = end
    return "".join((*shown, text[position:]))


def _value(text: str, key: re.Match[str]) -> tuple[int, int]:
    """Return the start and end of a name's value; both are equal if it is not a secret."""
    blanks = _BLANKS.match(text, key.end())
    start = blanks.end() if blanks else key.end()
    if nothing := _NOTHING.match(text, start):
        return nothing.end(), nothing.end()
    if text.startswith(REDACTED, start):
        return start, start + len(REDACTED)
    if quotes := _QUOTE.match(text, start):
        return start, _end_of_quoted(text, quotes)
    if _HEADER.search(key[0]):
        lines = (text.find(end, start) for end in "\r\n")
        return start, min((line for line in lines if line >= 0), default=len(text))
    if text.startswith(("[", "{"), start):
        return start, _end_of_brackets(text, start)
    following = _NEXT.search(text, start)
    return start, following.start() if following else len(text)


def _end_of_quoted(text: str, quotes: re.Match[str]) -> int:
    """Return the end of a quoted value. JSON within JSON escapes quotes once per level."""
    escapes, position = len(quotes[1]), quotes.end()
    while (found := text.find(quotes[2], position)) >= 0:
        before = text[position:found]
        backslashes = len(before) - len(before.rstrip("\\"))
        if backslashes <= escapes if escapes else backslashes % 2 == 0:
            return found + 1
        position = found + 1
    return len(text)


def _end_of_brackets(text: str, start: int) -> int:
    depth = 0
    for bracket in _BRACKETS.finditer(text, start):
        depth += 1 if bracket[0] in "[{" else -1
        if depth == 0:
            return bracket.end()
    return len(text)


def _mask(match: re.Match[str]) -> str:
    kept = next((text for text in match.groupdict().values() if text), "")
    return f"{kept}{REDACTED}{'@' if match['scheme'] else ''}"
