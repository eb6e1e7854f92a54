"""Start MeetOne: `python app.py` runs all roles, `python app.py web|stun` one, anything else is a command.

This is the only file that patches the standard library, and only for the roles that run on gevent; the supervisor and
the command line stay as they are. That is decided before anything else is imported.
"""

import sys

GEVENT_ROLES = frozenset({"web", "stun"})

if sys.argv[1:2] and sys.argv[1] in GEVENT_ROLES:
    from gevent import monkey

    monkey.patch_all()

from meetone.cli import main  # noqa: E402  # only after the patching

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
