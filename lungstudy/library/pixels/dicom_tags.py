"""What a DICOM header says about the person: names of what is dropped, and the few facts that are kept."""

import re
from collections.abc import Iterator

from pydicom.datadict import dictionary_VR, keyword_for_tag
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

# PS3.15 table E.1-1: every name, date, time and unique identifier, whatever it is called ...
IDENTIFYING_VRS = {"PN", "DA", "DT", "TM", "UI"}
NEUTRAL = re.compile(r"(Class|TransferSyntax|CodingScheme|Context|Mapping\w*|Implementation\w*)UID")
# ... and these of other kinds, by the words in their keywords.
IDENTIFYING = re.compile(
    r"Patient(ID|Address|BirthName|Telephone|Comments|Insurance|Religious|State|Age|Size|Weight|Transport|Institution"
    r"|Sex|Mother|BreedDescription|AlternativeCalendar)|OtherPatientI|IssuerOf|EthnicGroup|Occupation|MilitaryRank"
    r"|BranchOfService|CountryOfResidence|RegionOfResidence|SmokingStatus|PregnancyStatus|LastMenstrual|MedicalAlerts"
    r"|Allergies|AdditionalPatientHistory|SpecialNeeds|Confidentiality|Institution(Name|Address|alDepartment|Code)"
    r"|StationName|AETitle|ApplicationEntityTitle|Physician|Operator|Person|Performer|Author|Observer|Verif"
    r"|AccessionNumber|StudyID|FillerOrder|PlacerOrder|AdmissionID|Visit|DeviceSerial|PlateID|DetectorID|GantryID"
    r"|CassetteID|GeneratorID|(Study|Series|Derivation|Image|Requested|Procedure|Protocol|Acquisition|Admitting|Discharge"
    r"|Request|Performed|Scheduled|Interpretation|Visit)\w*(Description|Comments|Reason|Location|Name|ID)$"
    r"|ProtocolName|Comments?$|TextValue|TextString|TextComments|ContributionDescription|Responsible|ClinicalTrial|Trial"
    r"|DigitalSignature|IconImageSequence|OriginalAttributes|OverlayData|OverlayComments|OverlayLabel|CurveData|AudioData"
    r"|GraphicAnnotation|EncapsulatedDocument|UID$|Serial"
)
SEX = {"M": "M", "F": "F", "O": "O"}
OLDEST_YEARS = 89  # HIPAA, 45 CFR 164.514(b)(2)(i)(C): older people are one group


def removed_names(dataset: Dataset) -> set[str]:
    """Names of the identifying elements that hold something, in all sequences and in the file's own header."""
    names = set(_names(dataset))
    if meta := getattr(dataset, "file_meta", None):
        names |= set(_names(meta))
    if any(getattr(dataset, "preamble", None) or b""):
        names.add("preamble")
    return names


def _names(dataset: Dataset) -> Iterator[str]:
    for tag in dataset.keys():  # noqa: SIM118 - iterating the dataset itself converts every value, bad ones too
        element = dataset.get_item(tag)
        if element is None or _is_empty(element):
            continue
        if name := _name(tag):
            yield name
        for item in _items(dataset, tag):
            yield from _names(item)


def _name(tag: BaseTag) -> str:
    """The element's name if it may identify somebody, else nothing."""
    if tag.is_private:
        return f"private group {tag.group:04X}"
    keyword = keyword_for_tag(tag)
    if not keyword:
        return "" if tag.element == 0 else f"unknown {tag}"  # element 0 is the length of its group
    is_identifying = dictionary_VR(tag) in IDENTIFYING_VRS or IDENTIFYING.search(keyword)
    return keyword if is_identifying and not NEUTRAL.search(keyword) else ""


def _is_empty(element: DataElement | RawDataElement) -> bool:
    value = element.value
    return value is None or (isinstance(value, bytes | str | list) and len(value) == 0)


def _items(dataset: Dataset, tag: BaseTag) -> list[Dataset]:
    element = dataset.get_item(tag)
    known = "" if tag.is_private or not keyword_for_tag(tag) else dictionary_VR(tag)
    if "SQ" not in (known, getattr(element, "VR", "")):
        return []
    try:
        return [item for item in dataset[tag].value if isinstance(item, Dataset)]
    except Exception:  # a sequence that cannot be read is dropped with the rest; its own name is known
        return []


def kept_facts(dataset: Dataset) -> dict[str, str]:
    """View, laterality, sex, age and body part, where they are stated in the words that DICOM defines."""
    facts = {
        "view": code_string(dataset, "ViewPosition"),
        "laterality": code_string(dataset, "ImageLaterality") or code_string(dataset, "Laterality"),
        "sex": SEX.get(code_string(dataset, "PatientSex"), ""),
        "age": _age(_text(dataset, "PatientAge")),
        "body_part": code_string(dataset, "BodyPartExamined"),
    }
    return {name: value for name, value in facts.items() if value}


def patient_id(dataset: Dataset) -> str:
    """The patient's number as stated, for the caller to turn into a pseudonym."""
    return _text(dataset, "PatientID")


def _age(stated: str) -> str:
    """Whole years; DICOM's "062Y", "003M" and a bare number are understood."""
    found = re.fullmatch(r"(\d{1,3})([DWMY]?)", stated.upper())
    if not found:
        return ""
    number, unit = int(found[1]), found[2] or "Y"
    years = int(number / {"D": 365.25, "W": 52.18, "M": 12, "Y": 1}[unit])
    return f"{OLDEST_YEARS + 1}+" if years > OLDEST_YEARS else str(years)


def code_string(dataset: Dataset, keyword: str) -> str:
    """A code string of one or two words in capitals, as PS3.5 defines CS; anything else might be a name."""
    text = _text(dataset, keyword)
    return text if re.fullmatch(r"[A-Z]{1,12}( [A-Z]{1,12})?", text) else ""


def _text(dataset: Dataset, keyword: str) -> str:
    try:
        value = dataset.get(keyword)
    except Exception:  # pydicom raises anything for a damaged value
        return ""
    return str(value).strip() if value is not None and not isinstance(value, list | tuple) else ""
