"""Scores of any table with a labelled outcome: chances, how far they are right, and reasons."""

from workbench.voters.anytable.score import TableScores, score_table

__all__ = ["TableScores", "score_table"]
