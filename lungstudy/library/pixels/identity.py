"""Which DICOM elements could identify somebody."""

from pydicom import DataElement, Dataset

# The value representations that carry names, texts, dates or identifiers. DICOM PS3.15 table E.1-1 lists attributes one
# by one; since nothing but pixels and four facts is kept, naming every element of these kinds tells at least as much.
IDENTIFYING_KINDS = {"PN", "DA", "TM", "DT", "UI", "LO", "SH", "ST", "LT", "UT", "UC", "UR", "AS", "OB", "UN"}
SAYS_ONLY_HOW_PIXELS_ARE_STORED = {
    "SOPClassUID", "TransferSyntaxUID", "MediaStorageSOPClassUID", "PixelData", "PixelSpacing", "ImagerPixelSpacing",
    "WindowCenterWidthExplanation", "LUTExplanation", "LUTData",
}  # fmt: skip


def identifying_tags(dataset: Dataset) -> list[str]:
    """Names of the elements, nested ones too, that could identify somebody and hold something; sorted, no values."""
    return sorted({_name(element) for element in dataset.iterall() if _identifies(element)})


def _identifies(element: DataElement) -> bool:
    if element.tag.is_private:
        return not element.tag.is_private_creator
    if element.VR not in IDENTIFYING_KINDS or element.keyword in SAYS_ONLY_HOW_PIXELS_ARE_STORED:
        return False
    return bool(element.value)


def _name(element: DataElement) -> str:
    if element.tag.is_private:
        return f"private ({element.tag.group:04X},{element.tag.element:04X})"
    return element.keyword or f"({element.tag.group:04X},{element.tag.element:04X})"
