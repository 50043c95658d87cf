"""Link the records of FOLDER/data/new to the people that linkage_ours left, and time it.

    python benchmarks/linkage_new.py FOLDER OUT --model FILE [--memory-gb 6] [--threads 2]

What a campaign has stored is read from FOLDER/ours: the standard records with their people
(known.parquet) and the model. The clock holds opening, reading, standardising, pairs, weights
and people. The last line is JSON: wall and processor seconds, the peak of memory, and of the
rows that went to a known person how many went to the right one, and of those whose person is
known how many did.
"""

from __future__ import annotations

import json

from linkage_ours import AS_OF_YEAR, PRECISION_MIN, Clock, arguments, limits
from shared import tell

from workbench.engine import open_database
from workbench.people.link_new import link_late
from workbench.people.prepare import written_sql
from workbench.people.reading import Reading


def main() -> None:
    """Link, compare the result with the truth, and print the line of JSON."""
    options = arguments(__doc__)
    model = json.loads(options.model.read_text())
    clock = Clock()
    with open_database(limits(options), options.out) as connection:
        connection.execute(
            f"CREATE VIEW known AS SELECT * FROM '{options.folder}/ours/known.parquet'")
        connection.execute("CREATE VIEW donations AS SELECT * FROM "
                           f"'{options.folder}/data/new/donations.parquet'")
        connection.execute(f"CREATE VIEW written AS {written_sql(['donations'])}")
        rows = link_late(connection, model=model, reading=Reading(AS_OF_YEAR),
                         precision_min=PRECISION_MIN)
        figures = clock.figures() | {"rows": len(rows)}
        connection.register("linked", rows)
        n, n_right, n_known = connection.execute(
            "WITH true_person AS (SELECT DISTINCT person, person_id FROM (SELECT person, "
            "mode(t.person_id) AS person_id FROM "
            f"'{options.folder}/ours/labels.parquet' JOIN '{options.folder}/truth.parquet' t "
            "USING (source_name, row_key) GROUP BY person)) "
            "SELECT count(l.person), count(*) FILTER (p.person_id = w.person_id), "
            "count(*) FILTER (w.person_id IN (SELECT person_id FROM true_person)) FROM linked l "
            f"JOIN '{options.folder}/truth_new.parquet' w USING (source_name, row_key) "
            "LEFT JOIN true_person p ON p.person = l.person").fetchall()[0]
    tell(**figures, precision=round(n_right / max(n, 1), 4), recall=round(n_right / n_known, 4))


if __name__ == "__main__":
    main()
