"""The command line: what an operator does from a shell."""

import logging
import sys
from collections.abc import Callable

import click

from meetone.accounts.commands import user
from meetone.config import Settings, load_settings
from meetone.consultations.commands import consultation, purge
from meetone.errors import MeetoneError

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


@click.group(help="MeetOne: without a command, every role is started.")
def commands() -> None:
    """Collect the commands of every package."""


for command in (user, consultation, purge):
    commands.add_command(command)


def main(arguments: list[str]) -> int:
    """Run the roles or one command; return the exit status."""
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT, stream=sys.stderr)
    try:
        run = _role(arguments)
        if run is not None:
            return run(load_settings())
        commands(arguments, prog_name="app.py")
    except MeetoneError as error:
        print(f"MeetOne: {error}", file=sys.stderr)
        return 1
    return 0


def _role(arguments: list[str]) -> Callable[[Settings], int] | None:
    """Find what starts a role; imported only when asked for, because web and stun need gevent's patches."""
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
