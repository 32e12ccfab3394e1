"""Procedural chest-radiograph phantoms: invented films for the demonstration, the tests and the starter model."""

from lungstudy.library.pixels.phantom.anatomy import Finding
from lungstudy.library.pixels.phantom.film import Phantom, draw_phantom

__all__ = ["Finding", "Phantom", "draw_phantom"]
