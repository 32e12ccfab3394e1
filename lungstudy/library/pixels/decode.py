"""The one door for pictures of any format: grey pixels, or one sentence that says why not."""

import logging
import warnings

from lungstudy.library.pixels.decoded import Decoded, ImageError
from lungstudy.library.pixels.dicom import LUNG_WINDOW, read_dicom
from lungstudy.library.pixels.raster import read_raster
from lungstudy.library.pixels.sniffing import sniff

# pydicom logs what it finds odd together with the value, names of patients among them.
logging.getLogger("pydicom").setLevel(logging.CRITICAL)


def decode(data: bytes, *, ct_window: tuple[float, float] = LUNG_WINDOW) -> Decoded:
    """Read a PNG, JPEG, TIFF or DICOM by its content, whatever it is called.

    Parameters
    ----------
    data : bytes
        The whole file.
    ct_window : (float, float)
        Centre and width of what is shown of CT slices, in Hounsfield units. Films use the window of their file.

    Raises
    ------
    ImageError
        For every input that is no readable picture; its sentence is for the user. Nothing else is raised.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # their warnings quote values, too
        try:
            kind = sniff(data)
            return read_dicom(data, ct_window) if kind == "DICOM" else read_raster(data, kind)
        except ImageError:
            raise
        except Exception as error:  # damaged files make the libraries raise whatever they like
            raise ImageError("The file is damaged and cannot be read; copy or export it again.") from error
