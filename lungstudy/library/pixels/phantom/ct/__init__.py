"""Procedural axial chest CT phantoms in lung window: invented slices, like the radiographs beside them."""

from lungstudy.library.pixels.phantom.ct.anatomy import CtFinding
from lungstudy.library.pixels.phantom.ct.slice import CtPhantom, draw_ct_phantom

__all__ = ["CtFinding", "CtPhantom", "draw_ct_phantom"]
