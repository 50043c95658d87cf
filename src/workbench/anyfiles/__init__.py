"""Link files that lie outside the pipeline: `workbench link`, its mapping and its crosswalk."""

from __future__ import annotations

from workbench.anyfiles.people import link_to_people
from workbench.anyfiles.run import Asked, link_paths

__all__ = ["Asked", "link_paths", "link_to_people"]
