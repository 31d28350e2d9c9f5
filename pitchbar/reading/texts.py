"""What a page or a file says: the face of this room."""

from pitchbar.reading.files import MOST_BYTES, read_file
from pitchbar.reading.gates import GATES, Gate
from pitchbar.reading.pages import read_html
from pitchbar.reading.results import ReadText, Unreadable

__all__ = ["GATES", "MOST_BYTES", "Gate", "ReadText", "Unreadable", "read_file", "read_html"]
