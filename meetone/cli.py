"""The command line: what an operator does from a shell."""

import logging
import os
import sys
from collections.abc import Callable

import click

from meetone.config import Settings, load_settings
from meetone.errors import MeetoneError

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def main(arguments: list[str]) -> int:
    """Run the roles or one command; return the exit status."""
    os.umask(0o077)  # database, its log and its locks are nobody else's, whatever the folder allows
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT, stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        run = _role(arguments)
        if run is not None:
            return run(load_settings())
        _commands()(arguments, prog_name="app.py")
    except MeetoneError as error:
        print(f"MeetOne: {error}", file=sys.stderr)
        return 1
    return 0


def _role(arguments: list[str]) -> Callable[[Settings], int] | None:
    """Find what starts a role; each imports only what it needs, and web and stun need gevent's patches."""
    if not arguments:
        from meetone.roles.supervisor import run_all

        return run_all
    if arguments == ["web"]:
        from meetone.roles.web import run_web

        return run_web
    if arguments == ["stun"]:
        from meetone.roles.stun import run_stun

        return run_stun
    return None


def _commands() -> click.Group:
    """Collect the commands of every package."""
    from meetone.accounts.commands import user
    from meetone.consultations.commands import consultation, purge

    group = click.Group(help="MeetOne: without a command, every role is started.")
    for command in (user, consultation, purge):
        group.add_command(command)
    return group
