"""Alembic's entry: runs the migrations on the engine that `meetone.db` hands over."""

from alembic import context

from meetone.accounts import models as accounts_models
from meetone.consultations import models as consultations_models
from meetone.db import Base

MODELS = (accounts_models, consultations_models)


def run() -> None:
    """Run the migrations in one transaction each."""
    engine = context.config.attributes["engine"]
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
