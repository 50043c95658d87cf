"""What a notebook displays: finding, headlines, sentences, tables, charts, provenance."""

from __future__ import annotations

from workbench.exhibits.brief import Brief, open_brief
from workbench.exhibits.charts import Caption, Chart, Words, no_chart
from workbench.exhibits.exhibit import MIME, Exhibit
from workbench.exhibits.forms import House, form_of, label_of, plural, show, show_range
from workbench.exhibits.polls import Poll

__all__ = [
    "MIME", "Brief", "Caption", "Chart", "Exhibit", "House", "Poll", "Words", "form_of",
    "label_of", "no_chart", "open_brief", "plural", "show", "show_range",
]
