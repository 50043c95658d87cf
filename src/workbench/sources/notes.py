"""What is told of a file once: how it is written, which of its lines are no rows, and the cure."""

from __future__ import annotations

from dataclasses import dataclass

# Records that are neither accepted nor set aside: code -> (words, cure).
LEFT_OUT = {
    "kept_out": (
        "Rows that the source's `keep` leaves out.",
        "Nothing, if the texts under `keep` are the ones that you want.",
    ),
    "header_again": (
        "Lines that repeat the header, and titles above them; they are no rows.",
        "Nothing; files that were joined look like this.",
    ),
    "below_last_row": (
        "Lines below the last row, such as a total, a note or a mark of the end.",
        "Nothing; where one of them is a row, say how many are not under `lines_below`.",
    ),
}
# What is read although it is unusual: code -> (words, cure).
QUIRKS = {
    "lines_above_header": (
        "Lines above the header, such as a title; they were passed over.",
        "Nothing; where another line is the header, give its number under `header_line`.",
    ),
    "header_over_lines": (
        "The header stands on several lines; its names were read from top to bottom.",
        "Nothing.",
    ),
    "header_aligned": (
        "The header names fewer or more columns than rows have fields, and was read as "
        "`align_header` says.",
        "Look whether the columns hold what their names say.",
    ),
    "letters_as_controls": (
        "Letters of Windows-1252, such as ’ and –, were stored as control characters, and were "
        "read as the letters.",
        "Nothing.",
    ),
    "delimiter_at_line_ends": (
        "Every row ends with a delimiter, so that a field without a name is empty in all.",
        "Nothing.",
    ),
    "header_with_a_blank_name": (
        "The header has a column without a name that no row has.",
        "Look whether the columns after it hold what their names say.",
    ),
    "delimiter_of_several_signs": (
        "The delimiter is several signs long.",
        "Nothing; where it is not the right one, give it under `delimiter`.",
    ),
    "single_quotes": (
        "Values stand in single quotes.",
        "Nothing; where the quotes are letters, write `quote: none`.",
    ),
    "backslash_escapes": (
        "A backslash stands before quotes within values, and was read as none.",
        "Nothing; where the backslashes are letters, export the file with doubled quotes.",
    ),
    "space_before_quotes": (
        "Spaces stand between delimiters and quotes, and were read as none.",
        "Nothing.",
    ),
    "nul_bytes": (
        "Lines with NUL bytes, which were read as nothing.",
        "Look at one of them; ask for the file again if letters are missing.",
    ),
}
NOTES = {**LEFT_OUT, **QUIRKS}


@dataclass(frozen=True)
class Note:
    """Something told of a file as a whole: its code, and how many lines it is about.

    ``n_lines`` is 0 where it is about every line.
    """

    code: str
    n_lines: int = 0

    @property
    def words(self) -> str:
        """What was found, in plain words."""
        return NOTES[self.code][0]

    @property
    def cure(self) -> str:
        """What to do about it, if anything."""
        return NOTES[self.code][1]
