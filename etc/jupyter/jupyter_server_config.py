"""How `make lab` runs Jupyter: notebooks are saved without outputs, and nothing phones home."""

from workbench.briefs.strip import strip_before_save

c = get_config()  # noqa: F821  # Jupyter puts it there
c.FileContentsManager.pre_save_hook = strip_before_save
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
