"""What is told of a variable that was read from files of others."""

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Reading:
    """One variable: where from, what was found, what was done."""

    variable: str
    files: list[str]
    units: str  # as the model has them
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    conversion: str = ""
    found: str = ""  # the range of its values, or what there is of each class
    calendar: str = ""
    missing: str = "none"

    def note(self, words):
        """Add what a reader may want to know."""
        if words not in self.notes:
            self.notes.append(words)

    def warn(self, words):
        """Add what a reader should look at."""
        if words not in self.warnings:
            self.warnings.append(words)

    def tell(self, values, conversions):
        """Note the range of *values* and how they were converted."""
        self.found = f"{np.nanmin(values):.4g} to {np.nanmax(values):.4g} {self.units}"
        self.conversion = "; ".join(sorted(conversions))

    def lines(self) -> list[str]:
        """Return all of it as lines of text."""
        files = self.files[0] + (f" and {len(self.files) - 1} more" if len(self.files) > 1 else "")
        found = [
            f"{self.variable}: {self.found}",
            f"  from {files}",
        ]
        found += [f"  units: {self.conversion}"] if self.conversion else []
        found += [f"  missing: {self.missing}"]
        return (
            found
            + [f"  {note}" for note in self.notes]
            + [f"  WARNING: {words}" for words in self.warnings]
        )

    def record(self) -> dict:
        """Return all of it for JSON."""
        return dict(vars(self))
