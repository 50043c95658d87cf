"""The house charts: drawn once for wide and once for narrow pages, in light and dark."""

from __future__ import annotations

from workbench.figures.calibration import calibration
from workbench.figures.grid import grid
from workbench.figures.lines import lines
from workbench.figures.own import PALETTE, blank, own
from workbench.figures.predicted import predicted
from workbench.figures.pyramid import histogram, pyramid
from workbench.figures.rows import bars, dots
from workbench.figures.waterfall import waterfall

__all__ = [
    "PALETTE", "bars", "blank", "calibration", "dots", "grid", "histogram", "lines", "own",
    "predicted", "pyramid", "waterfall",
]
