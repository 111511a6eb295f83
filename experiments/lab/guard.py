"""Who may ask, and how: known Host, own Origin, few methods, with --lan a token; and what every answer says about itself."""

import hmac
import json
from collections.abc import Collection
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")
METHODS = ("GET", "HEAD", "POST")


class Guard:
    """ASGI middleware around the lab. Without it another page in the same browser could read the lab (DNS rebinding)."""

    def __init__(self, app: "ASGIApp", port: int, token: str = "", names: Collection[str] = ()) -> None:
        """token : with --lan, what every visitor must bring     names : by which the machine is known, beside OWN_NAMES"""
        self._app, self._port, self._token = app, port, token
        self._names = {name.lower() for name in (*OWN_NAMES, *names)}
        self._cookie = f"lab-{port}"

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """One request. Other kinds of connection than HTTP are handed on untouched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers: dict[bytes, list[str]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name, []).append(value.decode("latin-1"))
        refusal = self._refusal(scope, headers)
        kept = (
            b"no-store" if scope["path"].startswith("/api/") else b"no-cache"
        )  # the page's files: ask whether they are new
        extra = [*HEADERS, (b"cache-control", kept)]
        if self._token and self._given(scope) and not refusal:
            cookie = f"{self._cookie}={self._token}; Path=/; HttpOnly; SameSite=Strict"
            extra.append((b"set-cookie", cookie.encode()))

        async def send_with_headers(message: "Message") -> None:
            if message["type"] == "http.response.start":
                known = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(one for one in extra if one[0] not in known)]
            await send(message)

        if refusal:
            await _refuse(scope, send_with_headers, *refusal)
        else:
            await self._app(scope, receive, send_with_headers)

    def _refusal(self, scope: "Scope", headers: dict[bytes, list[str]]) -> tuple[int, str] | None:
        """Status and sentence, or None for a welcome guest."""
        if scope["method"] not in METHODS:
            return 405, f"{scope['method']}: the lab answers GET, HEAD and POST only"
        hosts = headers.get(b"host", [])
        if len(hosts) != 1 or not self._is_own(hosts[0], scope):
            return 403, "The lab answers only to the address that it printed when it began."
        origins = headers.get(b"origin", [])
        if scope["method"] == "POST" and any(origin != f"http://{hosts[0]}" for origin in origins):
            return 403, "The lab takes nothing from other pages."
        if self._token and not self._may_enter(scope, headers):
            return 403, "Open the lab with the whole address that it printed, token and all."
        return None

    def _is_own(self, host: str, scope: "Scope") -> bool:
        """Whether a Host header means this machine: one of its names, or the address that the visitor has reached."""
        name, _, port = host.rpartition(":") if host.rpartition(":")[2].isdecimal() else (host, "", "80")
        if not port.isascii() or len(port) > 5 or int(port) != self._port:
            return False
        reached = (scope.get("server") or ("",))[0]
        return name.lower() in self._names or (bool(self._token) and name in (reached, f"[{reached}]"))

    def _may_enter(self, scope: "Scope", headers: dict[bytes, list[str]]) -> bool:
        if self._given(scope):
            return True
        # Not by http.cookies: one odd cookie, which another program on this machine may have set, would hide all after it.
        brought = (one.strip().partition("=") for text in headers.get(b"cookie", []) for one in text.split(";"))
        return any(name == self._cookie and self._is_token(value) for name, _, value in brought)

    def _given(self, scope: "Scope") -> bool:
        """Whether the address holds the token."""
        if b"token=" not in scope["query_string"]:
            return False
        try:
            given = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=20).get("token", [])
        except ValueError:
            return False
        return any(self._is_token(text) for text in given)

    def _is_token(self, text: str) -> bool:
        return hmac.compare_digest(text.encode("utf-8", "replace"), self._token.encode())


async def _refuse(scope: "Scope", send: Any, status: int, sentence: str) -> None:
    """A refusal: JSON for scripts, plain text for people."""
    is_api = scope["path"].startswith("/api/")
    body = json.dumps({"problems": [sentence]}).encode() if is_api else sentence.encode("utf-8", "replace")
    kind = b"application/json" if is_api else b"text/plain; charset=utf-8"
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), (b"connection", b"close")]
    if status == 405:
        headers.append((b"allow", ", ".join(METHODS).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
