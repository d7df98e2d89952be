"""Gates: which figures must hold, and whether a form may be bundled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edgemm.bundles.figures import Figure
from edgemm.bundles.manifest import Measured
from edgemm.errors import ConfigError
from export.settings.recipe_config import Bound


@dataclass(frozen=True)
class FormResult:
    """What was found about one form. `rejected` is empty when it may be bundled."""

    name: str
    figures: tuple[Figure, ...] = ()
    size_mb: float = 0.0
    measured: Measured | None = None
    changed_nodes: Mapping[str, Mapping[str, int]] | None = None
    """Graph role → method → nodes changed."""
    rejected: str = ""

    @property
    def holds(self) -> bool:
        return not self.rejected


def apply_gates(figures: Sequence[Figure], gates: Mapping[str, Bound]) -> tuple[Figure, ...]:
    """Figures with their bounds. A gate on a figure that nobody measured is a ConfigError."""
    measured = [figure.name for figure in figures]
    missing = [name for name in gates if name not in measured]
    if missing:
        raise ConfigError(
            "a gate names a figure that was not measured",
            expected=f"one of {', '.join(measured) or 'none'}",
            found=", ".join(missing),
        )
    return tuple(
        figure.gated(gates[figure.name].at_most, gates[figure.name].at_least) if figure.name in gates else figure
        for figure in figures
    )


def failed_gates(figures: Sequence[Figure]) -> str:
    """Gates that did not hold, readable; empty when all hold."""
    return "; ".join(f"{figure.name} = {figure.value:.4g} {bounds(figure)}" for figure in figures if _fails(figure))


def bounds(figure: Figure) -> str:
    """`at most 0.3`, `at least 0.95`, both, or nothing."""
    parts = [f"at most {figure.at_most:g}"] if figure.at_most is not None else []
    parts += [f"at least {figure.at_least:g}"] if figure.at_least is not None else []
    return " and ".join(parts)


def _fails(figure: Figure) -> bool:
    return figure.is_gate and not figure.holds
