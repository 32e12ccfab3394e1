"""Read any picture file into grey pixels: what a file is follows from its content, never from its name."""

import warnings

from lungstudy.library.pixels.decoded import Decoded, ImageError
from lungstudy.library.pixels.dicom import LUNG_WINDOW, read_dicom
from lungstudy.library.pixels.raster import read_raster, sniff


def decode(data: bytes, *, ct_window: tuple[float, float] = LUNG_WINDOW) -> Decoded:
    """Read one file.

    Parameters
    ----------
    data : bytes
        The whole file.
    ct_window : (float, float)
        Level and width in Hounsfield units for CT slices.

    Raises
    ------
    ImageError
        For every file that cannot be used, whatever is wrong with it.
    """
    if not data:
        raise ImageError("The file is empty. Copy it again from its source.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return read_raster(data) if sniff(data) else read_dicom(data, ct_window)
        except ImageError:
            raise
        except MemoryError:
            raise ImageError("The picture does not fit into memory. Make it smaller, then import it again.") from None
        # Readers of damaged files fail in many ways, none of which may stop an import.
        except Exception as error:
            reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
            raise ImageError(f"The file is damaged ({reason}). Copy it again from its source.") from error
