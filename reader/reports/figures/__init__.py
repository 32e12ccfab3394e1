"""Figures of results, as SVG in one style: intervals always drawn, tones safe for colour-blind people.

Each figure is a pure function of results and of a theme: light, dark or print.
"""

from reader.reports.figures.gallery import FIGURES, PICTURES, Picture, pictures_of

__all__ = ["FIGURES", "PICTURES", "Picture", "pictures_of"]
