"""Commands for consultations and for retention."""

import click


@click.group()
def consultation() -> None:
    """Make and list consultations."""


@click.command()
def purge() -> None:
    """Delete what is older than the retention time."""
