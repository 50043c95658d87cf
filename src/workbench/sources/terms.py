"""The terms of sources: what lists may not be made of them."""

from __future__ import annotations

from workbench.settings import Settings
from workbench.sources.preset import preset_of


def forbidden_uses(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Return for every declared source the uses that its preset or params.yaml forbids.

    What a layout's law forbids stands in its preset and cannot be lifted; params.yaml adds.
    """
    return {
        name: tuple(sorted({*preset_of(source).forbidden_uses, *source.forbidden_uses}))
        for name, source in settings.sources.items()
    }
