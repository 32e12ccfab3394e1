"""The data dictionary: what every column of every exported table means, in its unit."""

from typing import NamedTuple


class Column(NamedTuple):
    """One column."""

    name: str
    meaning: str
    kind: str = "text"


NUMBER, WHOLE, YES_NO, TIME = "number", "whole number", "1 or 0", "time in UTC, ISO 8601"
HASH = Column("protocol_sha256", "SHA-256 of the sealed protocol, the same in every table")

READINGS = (
    HASH,
    Column("reader", "Number of the reader in this study", WHOLE),
    Column("session", "Session from 1; 0 is practice, which no statistic counts", WHOLE),
    Column("position", "Place in the reader's own order of that session, from 1", WHOLE),
    Column("occasion", "2 for the hidden repeat of a trial in its session, else 1", WHOLE),
    Column("trial", "Number of the trial", WHOLE),
    Column("verdict", "fake, unsure or real; empty where a place was chosen or an image rated"),
    Column("choice", "Place on screen that was chosen, from 1", WHOLE),
    Column("rating", "Point of the scale, from 1", WHOLE),
    Column("confidence", "1 to 5, or 0 to 100 by slider, as the protocol asked", WHOLE),
    Column("comment", "What the reader wrote"),
    Column("marks", "JSON list of points and boxes: place on screen, x, y, w, h as fractions of the image, reason"),
    Column("seconds_open", "Time with the image visible and the window focused before this answer, seconds", NUMBER),
    Column("viewing", "JSON: how the image was looked at (zoom, window changes, focus losses)"),
    Column("sequence", "Order of a reader's answers; the highest of a slot is what the reader meant", WHOLE),
    Column("received_at_utc", "When the server stored the answer", TIME),
    Column("counted", "0: kept apart, in no statistic", YES_NO),
    Column("why_apart", "closed, session or revision: why it is not counted"),
    Column("current", "1 on the answer of each slot that counts", YES_NO),
    Column("case", "Number of the case that was judged or chosen; empty where unsure among several", WHOLE),
    Column("truth", "real or synthetic: the origin of that case's data set"),
    Column("dataset", "Data set of that case"),
    Column("finding", "Finding as the library states it"),
    Column("generator", "Model that drew it; empty for real images"),
    Column("prompt", "Prompt that it was drawn from"),
    Column("steps", "Sampling steps", WHOLE),
    Column("guidance", "Guidance scale", NUMBER),
    Column("seed", "Seed of the image", WHOLE),
)
IMAGES = (
    HASH,
    Column("case", "Number of the case in the study", WHOLE),
    Column("trial", "Trial that shows it", WHOLE),
    Column("place", "Place of the case in its trial; readers see places shuffled", WHOLE),
    Column("block", "Readers of this block read it", WHOLE),
    Column("practice", "1: shown before the study only", YES_NO),
    Column("truth", "real or synthetic"),
    Column("dataset", "Data set"),
    Column("licence", "Licence of the data set; see licences.txt where it forbids commercial use"),
    Column("citation", "What a paper that shows it must cite"),
    Column("finding", "Finding"),
    Column("view", "View"),
    Column("sex", "Sex of the patient, as imported"),
    Column("age", "Age of the patient, as imported"),
    Column("generator", "Model that drew it"),
    Column("prompt", "Prompt"),
    Column("steps", "Sampling steps", WHOLE),
    Column("guidance", "Guidance scale", NUMBER),
    Column("seed", "Seed", WHOLE),
    Column("pixel_sha256", "SHA-256 of the library's pixels"),
    Column("presentation_sha256", "SHA-256 of the file that readers saw"),
)
READERS = (
    HASH,
    Column("reader", "Number of the reader; names are not exported", WHOLE),
    Column("group", "Group that the researcher gave"),
    Column("block", "Block of images", WHOLE),
    Column("answer_order", "Answers in the order of this reader's buttons"),
    Column("years_reading", "Years of reading chest images, as the reader said", WHOLE),
    Column("specialty", "Specialty, as the reader said"),
    Column("subspecialty", "Subspecialty, as the reader said"),
    Column("display", "Monitor, as the reader said"),
    Column("joined_at_utc", "When the place was taken", TIME),
    Column("consented_at_utc", "When the consent text was agreed to; empty where none was asked", TIME),
    Column("started_at_utc", "First answer", TIME),
    Column("n_slots", "Slots of all sessions, without practice", WHOLE),
    Column("n_read", "Slots with a counted answer", WHOLE),
)
VISITS = (
    HASH,
    Column("reader", "Number of the reader", WHOLE),
    Column("session", "Session that ran; 0 is practice", WHOLE),
    Column("started_at_utc", "When the reading room or the monitor check was opened", TIME),
    Column("browser", "Browser and system, as the browser states them"),
    Column("screen_width", "Width of the screen, CSS pixels", WHOLE),
    Column("screen_height", "Height of the screen, CSS pixels", WHOLE),
    Column("window_width", "Width of the window, CSS pixels", WHOLE),
    Column("window_height", "Height of the window, CSS pixels", WHOLE),
    Column("pixel_ratio", "Device pixels to one CSS pixel", NUMBER),
    Column("colour_depth", "Bits of colour of the screen, as the browser states them", WHOLE),
    Column("monitor_check", "JSON: what was seen of the grey-scale pattern; empty object where none was shown"),
)
ORDERS = (
    HASH,
    Column("reader", "Number of the reader", WHOLE),
    Column("session", "Session; 0 is practice", WHOLE),
    Column("position", "Place in the order", WHOLE),
    Column("trial", "Trial that was shown", WHOLE),
    Column("occasion", "2 for a hidden repeat", WHOLE),
    Column("arrangement", "JSON: the case's own place shown at each place on screen"),
)
STATISTICS = (
    HASH,
    Column("name", "Statistic"),
    Column("weights", "Credit for near misses between ordered categories"),
    Column("group", "all, a reader, a pair, a form, or what is taken as a sample"),
    Column("estimate", "Estimate; empty where undefined, and then reason says why", NUMBER),
    Column("se", "Standard error over what population names", NUMBER),
    Column("low", "Lower end of the 95 % interval", NUMBER),
    Column("high", "Upper end of the 95 % interval", NUMBER),
    Column("p", "Two-sided p-value", NUMBER),
    Column("df", "Degrees of freedom; empty where normal or none", NUMBER),
    Column("n_images", "Images or trials behind it", WHOLE),
    Column("n_readers", "Readers behind it", WHOLE),
    Column("population", "About whom the interval speaks"),
    Column("reason", "Why a number is undefined"),
    Column("warning", "Why a defined number needs care"),
)
TABLES = {
    "readings": READINGS, "images": IMAGES, "readers": READERS, "visits": VISITS, "orders": ORDERS,
    "statistics": STATISTICS,
}  # fmt: skip


def dictionary_rows() -> list[tuple[str, str, str, str]]:
    """Table, column, kind and meaning of everything that is exported."""
    return [
        (table, column.name, column.kind, column.meaning) for table, columns in TABLES.items() for column in columns
    ]
