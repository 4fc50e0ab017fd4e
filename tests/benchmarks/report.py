"""What a benchmark measured, beside its yardstick and its aim."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measurement. `aim` is the least ratio wanted; with `at_most`, the largest."""

    what: str
    value: float
    unit: str
    yardstick: float
    yardstick_name: str
    aim: float
    at_most: bool = False

    @property
    def ratio(self) -> float:
        return self.value / self.yardstick if self.yardstick else 0.0

    @property
    def is_met(self) -> bool:
        return self.ratio <= self.aim if self.at_most else self.ratio >= self.aim


@dataclass(slots=True)
class Report:
    """All figures of a run."""

    figures: list[Figure] = field(default_factory=list)

    def add(
        self,
        what: str,
        *,
        value: float,
        unit: str,
        yardstick: float,
        yardstick_name: str,
        aim: float,
        at_most: bool = False,
    ) -> Figure:
        """Take down a figure and print it."""
        figure = Figure(
            what=what,
            value=value,
            unit=unit,
            yardstick=yardstick,
            yardstick_name=yardstick_name,
            aim=aim,
            at_most=at_most,
        )
        self.figures.append(figure)
        sign = "<=" if at_most else ">="
        verdict = "met" if figure.is_met else "MISSED"
        print(
            f"  {what}: {value:,.1f} {unit}; {yardstick_name}: {yardstick:,.1f}; "
            f"ratio {figure.ratio:.3f} (aim {sign} {aim}) {verdict}",
            flush=True,
        )
        return figure

    def note(self, text: str) -> None:
        """Print something worth knowing beside the figures."""
        print(f"  {text}", flush=True)
