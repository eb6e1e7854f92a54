"""The web app manifest: one application, described in each language (W3C App Manifest)."""

from flask_babel import gettext as _

from meetone.config import Settings

APPLICATION_ID = "/"
PAPER = "#faf6f0"
ICON_SIZES_PIXELS = (192, 512)


def manifest_of(settings: Settings, language: str, build: str) -> dict[str, object]:
    """Describe the application in the current language.

    Args:
        settings: of this installation.
        language: one of LANGUAGES; the installed application starts at its code page.
        build: name of the folder that the icons live below.
    """
    icons = f"/static/{build}/icons"
    return {
        "id": APPLICATION_ID,
        "name": _name(settings),
        "short_name": "MeetOne",
        "description": _(
            "Video consultation of your practice: sound and picture go directly between you "
            "and your practitioner."
        ),
        "lang": language,
        "dir": "ltr",
        "start_url": f"/{language}/?source=app",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "categories": ["medical", "health"],
        "icons": [
            *(_png(f"{icons}/icon", size, "any") for size in ICON_SIZES_PIXELS),
            *(_png(f"{icons}/maskable", size, "maskable") for size in ICON_SIZES_PIXELS),
            {"src": f"{icons}/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
        ],
    }


def _name(settings: Settings) -> str:
    if not settings.practice_name:
        return str(_("MeetOne video consultation"))
    return str(_("Video consultation · %(practice)s", practice=settings.practice_name))


def _png(stem: str, size: int, purpose: str) -> dict[str, object]:
    return {
        "src": f"{stem}-{size}.png",
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": purpose,
    }
