"""Users, their roles, their sessions, and the link of the first set-up."""

from datetime import datetime
from enum import StrEnum

from flask_security import RoleMixin, UserMixin
from sqlalchemy import Column, ForeignKey, LargeBinary, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetone.db import Base, UtcDateTime

EMAIL_CHARACTERS = 255
NAME_CHARACTERS = 80


class RoleName(StrEnum):
    """What an account may do; a practitioner may also be an administrator."""

    PRACTITIONER = "practitioner"
    STAFF = "staff"
    ADMINISTRATOR = "administrator"


user_roles = Table(
    "user_roles",
    Base.metadata,
    Column("user_id", ForeignKey("user.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id", ondelete="CASCADE"), primary_key=True),
)


class Role(Base, RoleMixin):
    """A role in the terms of Flask-Security."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)


class User(Base, UserMixin):
    """A practitioner or a member of the practice's staff."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(EMAIL_CHARACTERS), unique=True)
    name: Mapped[str] = mapped_column(String(NAME_CHARACTERS))
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    language: Mapped[str] = mapped_column(String(8), default="de")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]  # RoleMixin there
        secondary=user_roles, lazy="selectin"
    )

    def is_practitioner(self) -> bool:
        """Tell whether this account may hold consultations."""
        return any(role.name == RoleName.PRACTITIONER for role in self.roles)

    def is_administrator(self) -> bool:
        """Tell whether this account may change the installation."""
        return any(role.name == RoleName.ADMINISTRATOR for role in self.roles)


class SessionRecord(Base):
    """One browser's session; the cookie holds a random id, this row only its SHA-256."""

    __tablename__ = "session"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    data: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SetupLink(Base):
    """The one-time link to the first account; void as soon as any account exists."""

    __tablename__ = "setup_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
