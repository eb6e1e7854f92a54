"""What every answer carries and every unsafe request must show: headers, policy, origin."""

from http import HTTPStatus

from flask import Flask, Response, abort, request

from meetone.services import services

HSTS = "max-age=31536000; includeSubDomains"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PERMISSIONS = (
    "camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self), "
    "fullscreen=(self), screen-wake-lock=(self), picture-in-picture=(self), "
    "publickey-credentials-create=(self), publickey-credentials-get=(self), "
    "geolocation=(), payment=(), usb=(), serial=(), midi=(), browsing-topics=()"
)


def init_app(app: Flask) -> None:
    """Check the origin of every unsafe request and send the security headers with every answer."""

    @app.before_request
    def refuse_foreign_origin() -> None:
        if request.method not in SAFE_METHODS and not is_own_origin():
            abort(403)

    @app.after_request
    def add_headers(response: Response) -> Response:
        settings = services().settings
        headers = response.headers
        headers.setdefault("Content-Security-Policy", content_security_policy(settings.public_url))
        headers.setdefault("Referrer-Policy", referrer_policy(request.endpoint))
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", PERMISSIONS)
        if settings.secure:
            headers.setdefault("Strict-Transport-Security", HSTS)
        if request.endpoint == "static" and response.status_code == HTTPStatus.OK:
            headers["Cache-Control"] = "public, max-age=31536000, immutable"
        elif response.cache_control.no_store or "Cache-Control" not in headers:
            # Also where a library said so in its own way: Flask-Security writes `no-store=True`, which no cache reads.
            headers["Cache-Control"] = "no-store"
        return response


def content_security_policy(public_url: str) -> str:
    """Allow nothing but this origin; sockets are named, because older Safari's 'self' has none."""
    sockets = public_url.replace("http", "ws", 1)
    return (
        "default-src 'self'; "
        f"connect-src 'self' {sockets}; "
        "img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def referrer_policy(endpoint: str | None) -> str:
    """Never tell other sites where somebody came from, and of an invitation's link not even ourselves.

    Everywhere else it is `same-origin`: under `no-referrer` browsers send `Origin: null` with a form (Fetch, "append a
    request Origin header"), and then nothing but Sec-Fetch-Site could tell our own forms from foreign ones.
    """
    return "no-referrer" if endpoint == "rooms.join" else "same-origin"


def is_own_origin() -> bool:
    """Tell whether a request was sent by a page of this installation.

    Browsers send `Origin` with every unsafe request and every WebSocket. A request without it is no browser's, so it
    carries nobody's cookies against their will.
    """
    origin = request.headers.get("Origin")
    if origin == "null":  # a form on a page with `no-referrer`, or a sandboxed frame of anybody's
        return request.headers.get("Sec-Fetch-Site") == "same-origin"
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    return origin == services().settings.public_url
