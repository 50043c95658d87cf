"""Link files that lie outside the pipeline: `workbench link`, its mapping and its crosswalk."""
