"""Reports the result of a verification."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from keras_gan._checks import counted, one_line
from keras_gan.notebooks.tables import html_table


@dataclass(frozen=True, repr=False)
class VerificationReport:
    """The result of a verification that an artifact has passed.

    Attributes:
        path: The file or the version folder that was verified.
        kind: "onnx", "litert" or "saved_model".
        files: The number of files, all with the SHA-256 sum in the manifest.
        seeds: The number of recorded seeds, all of which were run again.
        differences: The largest difference to the recorded values, by output.
        tolerances: The largest difference allowed, by output; in units of the
            `value_range` for float images, in grey levels for uint8 and PNG.
    """

    path: Path
    kind: str
    files: int
    seeds: int
    differences: Mapping[str, float]
    tolerances: Mapping[str, float]

    def __str__(self) -> str:
        figures = ", ".join(
            f"{name} within {difference:.3g} (allowed {self.tolerances[name]:.3g})"
            for name, difference in self.differences.items()
        )
        return f"{self.path}: {self._checked}: {figures}."

    def __repr__(self) -> str:
        return one_line(f"VerificationReport({self.path}: {self._checked})", None)

    def _repr_html_(self) -> str:
        """Returns the differences as a table for notebooks."""
        rows = [(k, x, self.tolerances[k]) for k, x in self.differences.items()]
        return html_table(
            rows,
            header=("", "difference", "allowed"),
            title=f"{self.path} is verified",
            notes=[f"{self._checked}."],
        )

    @property
    def _checked(self) -> str:
        seeds = counted(self.seeds, "seed")
        return f"{unchanged_files(self.files)}, {seeds} equal"


def unchanged_files(count: int) -> str:
    """Returns the words for so many files with the sums that the manifest has."""
    return f"unchanged since its export ({counted(count, 'file')})"
