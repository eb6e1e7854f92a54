"""Commands for accounts."""

import click


@click.group()
def user() -> None:
    """Add, list and disable accounts of the practice."""
