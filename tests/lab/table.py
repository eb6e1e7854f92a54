"""The table that a run of the lab ends with: fault, bound, measured, held."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec

HEADS = ("fault", "must hold", "measured", "held")


class BoundBrokenError(AssertionError):
    """Something measured lies beyond its bound."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing measured under one fault."""

    fault: str
    bound: str
    """Empty: printed only, as transitions are."""
    measured: str
    held: bool


@dataclass(slots=True)
class Row:
    """Everything measured under one fault."""

    fault: str
    lines: list[Line] = field(default_factory=list)

    def at_most(self, what: str, measured: float | None, bound: float, unit: str = "s") -> None:
        """Expect a number up to a bound; None is beyond every bound."""
        held = measured is not None and measured <= bound
        self._add(f"{what} ≤ {_shown(bound, unit)}", _shown(measured, unit), held)

    def at_least(self, what: str, measured: float | None, bound: float, unit: str) -> None:
        """Expect a number from a bound on; None is below every bound."""
        held = measured is not None and measured >= bound
        self._add(f"{what} ≥ {_shown(bound, unit)}", _shown(measured, unit), held)

    def equal(self, what: str, measured: object, expected: object) -> None:
        """Expect a certain value."""
        self._add(f"{what}: {expected}", str(measured), measured == expected)

    def true(self, what: str, holds: bool, measured: str = "") -> None:
        """Expect that something holds."""
        self._add(what, measured or ("yes" if holds else "no"), holds)

    def note(self, what: str, measured: str) -> None:
        """Print something that has no bound."""
        self.lines.append(Line(self.fault, "", f"{what}: {measured}", True))

    def _add(self, bound: str, measured: str, held: bool) -> None:
        self.lines.append(Line(self.fault, bound, measured, held))


class Table:
    """All rows of a run."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    @contextmanager
    def row(self, fault: str) -> Iterator[Row]:
        """Collect what is measured under a fault; at the end every bound must have held.

        Raises:
            BoundBrokenError: one did not.
        """
        row = Row(fault)
        self.rows.append(row)
        try:
            yield row
        except BaseException as error:
            row.lines.append(Line(fault, "measured to the end", _first_line(error), False))
            raise
        broken = [line for line in row.lines if not line.held]
        if broken:
            raise BoundBrokenError(
                "\n".join(f"{line.bound}, measured {line.measured}" for line in broken)
            )

    @property
    def lines(self) -> list[Line]:
        """Every line of every row."""
        return [line for row in self.rows for line in row.lines]

    def text(self) -> str:
        """Lay it out for a terminal and for Markdown."""
        cells = [HEADS, *(_cells(row) for row in self.lines)]
        widths = [max(len(row[column]) for row in cells) for column in range(len(HEADS))]
        laid = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in cells]
        rule = "| " + " | ".join("-" * width for width in widths) + " |"
        return "\n".join([laid[0], rule, *laid[1:]])

    def save(self, folder: Path, command: str, machine: str) -> Path:
        """Write the table as Markdown and as JSON, with the command that made it; return the former's path."""
        folder.mkdir(parents=True, exist_ok=True)
        stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H%MZ")
        page = folder / f"lab-{stamp}.md"
        page.write_text(f"# Fault lab, {stamp}\n\n`{command}`, {machine}\n\n{self.text()}\n")
        document = {
            "command": command,
            "machine": machine,
            "at": stamp,
            "lines": [asdict(line) for line in self.lines],
        }
        data = msgspec.json.format(msgspec.json.encode(document), indent=2)
        page.with_suffix(".json").write_bytes(data + b"\n")
        return page


def _cells(line: Line) -> tuple[str, str, str, str]:
    return (
        line.fault,
        line.bound,
        line.measured,
        ("yes" if line.held else "NO") if line.bound else "",
    )


def _shown(value: float | None, unit: str) -> str:
    if value is None:
        return "never"
    if unit == "%":
        return f"{value:.1%}"
    number = f"{value:,.0f}" if unit == "pixels" else f"{value:.1f}"
    return f"{number} {unit}".strip()


def _first_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:160].replace("|", "/")
