"""Link files that lie outside the pipeline: `workbench link`, its mapping and its crosswalk."""

from __future__ import annotations

from workbench.anyfiles.people import link_to_people
from workbench.anyfiles.run import link_paths

__all__ = ["link_paths", "link_to_people"]
