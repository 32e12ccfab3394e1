"""The ways to every page of a fresh site, by name, for each kind of person: as somebody would click."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

Way = Callable[[Page], object]
READINGS = Path(__file__).parents[2] / "reader" / "static" / "reader" / "analyse" / "readings.csv"
DEMONSTRATION = "Demonstration: read it now"
PHANTOMS = "Demonstration phantoms, drawn by the procedure"
SMALL = {"numbers": 2, "seeds": 2, "size": 64, "width": 4, "batch": 2, "rounds": 1, "steps": 1}


def at(path: str) -> Way:
    return lambda page: page.goto(path)


def through(path: str, link: str) -> Way:
    """Open a list and follow the first link of that name."""

    def go(page: Page) -> None:
        page.goto(path)
        page.locator("main").get_by_role("link", name=link).first.click()
        page.wait_for_load_state()

    return go


def link(name: str) -> Way:
    """Follow a link of the page that is open."""

    def go(page: Page) -> None:
        page.get_by_role("link", name=name).first.click()
        page.wait_for_load_state("networkidle")

    return go


def pressed(name: str) -> Way:
    """Press a button of the page that is open."""

    def go(page: Page) -> None:
        page.get_by_role("button", name=name, exact=True).first.click()
        page.wait_for_load_state("networkidle")

    return go


def after(*ways: Way) -> Way:
    """One way after the other."""

    def go(page: Page) -> None:
        for way in ways:
            way(page)

    return go


def mask_of_nothing(page: Page) -> None:
    """Import a file that no image is named as, to see what an import says of such."""
    page.set_input_files("#id_images", {"name": "phantom_of_nobody.png", "mimeType": "image/png", "buffer": b"none"})
    page.select_option("#id_dataset", label=PHANTOMS)
    page.select_option("#id_definition", "heart_inside")
    for field, words in {"name": "Lungs outlined elsewhere", "structure": "lungs"}.items():
        page.fill(f"#id_{field}", words)
    pressed("Import")(page)
    page.locator("#came-of-it").wait_for()


def trained(page: Page) -> None:
    """The smallest experiment there can be, until it is done."""
    page.fill("#id_name", "Lungs of the phantoms")
    page.select_option("#id_real", label=PHANTOMS)
    page.select_option("#id_mask_sets", label=f"Lungs of {PHANTOMS}, heart inside")
    for field, value in SMALL.items():
        page.fill(f"#id_{field}", str(value))
    page.get_by_role("button", name="Queue the experiment").click()
    page.locator("#experiment-headline", has_text="Done").wait_for(timeout=120_000)


def results(page: Page) -> None:
    through("/studies/", "Finished demonstration")(page)
    link("See the results")(page)


def into_the_study(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="reading").last.click()
    page.wait_for_load_state()


def instructions(page: Page) -> None:
    into_the_study(page)
    if "/before/" not in page.url:
        page.get_by_role("button", name="Begin", exact=True).click()
        page.get_by_role("button", name="Keys").click()
        page.get_by_role("link", name="Read the instructions again").click()


def reading_room(page: Page) -> None:
    into_the_study(page)
    if "/before/" in page.url:
        page.get_by_role("button", name="I have read this").click()
    page.get_by_role("button", name="Begin", exact=True).click()
    page.wait_for_timeout(1500)


def keys_dialog(page: Page) -> None:
    page.get_by_role("button", name="Keys").click()


def thanks(page: Page) -> None:
    page.goto(f"{page.url.split('?')[0].rstrip('/')}/thanks/")


def asked_for_more(page: Page) -> None:
    """In the draft that is open, ask for all that can be asked before reading."""
    link("Edit")(page)
    folded = page.locator("details.fold:not([open]) > summary")
    while folded.count():
        folded.first.click()
    page.fill("#id_consent", "Your answers are stored under a number. You can stop at any time.")
    for box in ("ask_background", "monitor_check"):
        page.check(f"#id_{box}")
    page.wait_for_timeout(600)  # until the form is checked, which it asks for a moment after the last change
    page.wait_for_load_state("networkidle")


def agreed(page: Page) -> None:
    page.check("#id_agreed")
    pressed("I agree")(page)


def analysed(page: Page) -> None:
    page.set_input_files("#id_file", READINGS)
    page.get_by_role("button", name="Analyse", exact=True).click()
    page.locator("#analysed h2").first.wait_for(timeout=60_000)


STRANGER = [("sign-in", at("/sign-in/")), ("no-such-page", at("/nowhere/"))]
READER = [
    ("your-studies", at("/")),
    ("profile", at("/profile/")),
    ("instructions", instructions),
    ("reading-room", reading_room),
    ("keys", keys_dialog),
    ("thanks", thanks),
]
THE_STUDY = through("/studies/", DEMONSTRATION)
RESEARCHER = [
    ("home", at("/")),
    ("library", at("/library/")),
    ("data-set", through("/library/", "Demonstration phantoms")),
    ("import", at("/library/import/")),
    ("mask-sets", at("/library/masks/")),
    ("mask-import", at("/library/masks/import/")),
    ("mask-import-report", mask_of_nothing),
    ("mask-set", through("/library/masks/", "Demonstration phantoms")),
    ("mask-editor", link("Correct the mask")),
    ("image-with-mask", link("phantom 1")),
    ("batches", at("/generation/")),
    ("batch", through("/generation/", "frontal chest radiograph")),
    ("recipe", link("Image 1")),
    ("change-image", link("Change this image")),
    ("batch-masks", after(through("/generation/", "frontal chest radiograph"), link("Make masks"))),
    ("mask-run", link("Demonstration lungs, from attention")),
    ("gallery-masks", link("Over the gallery")),
    ("generate", at("/generation/new/")),
    ("steering", at("/generation/steering/")),
    ("combining", at("/generation/steering/together/")),
    ("generators", at("/generation/generators/")),
    ("generator", through("/generation/generators/", "starter")),
    ("gallery", at("/generation/gallery/")),
    ("export", after(through("/library/", "Demonstration images of the starter model"), link("Export"))),
    ("quality", at("/generation/quality/")),
    ("quality-run", pressed("Measure")),
    ("training", at("/generation/training/")),
    ("new-training", at("/generation/training/new/embedding/")),
    ("new-classification", at("/generation/experiments/new/classification/")),
    ("new-segmentation", at("/generation/experiments/new/segmentation/")),
    ("experiment", trained),
    ("experiment-images", link(" to learn from, ")),
    ("experiments", at("/generation/experiments/")),
    ("studies", at("/studies/")),
    ("new-study", at("/studies/new/")),
    ("study", THE_STUDY),
    ("readers-link", after(THE_STUDY, pressed("Make a reader's link"))),
    ("reminder", link("Remind")),
    ("amendment", after(THE_STUDY, link("Amend"))),
    ("closing", after(THE_STUDY, link("Close the study"))),
    ("draft", after(THE_STUDY, pressed("Copy as a new draft"))),
    ("builder", asked_for_more),
    ("consent", after(pressed("Save"), link("See the pages before reading"))),
    ("background", agreed),
    (
        "monitor-check",
        after(
            link("Back to the study"),
            link("See the pages before reading"),
            agreed,
            pressed("Continue"),
            pressed("I have read this"),
        ),
    ),
    ("preview", after(link("Back to the study"), link("See what readers see"), pressed("Begin"))),
    ("masks", after(link("Leave"), link("Look at the images"))),
    ("results", results),
    ("planning", at("/planning/")),
    ("analyse", at("/analyse/")),
    ("analysed", analysed),
]
ADMIN = [
    ("people", at("/people/")),
    ("person", through("/people/", "Demonstration Reader")),
    ("audit-log", at("/audit/")),
    ("system", at("/system/")),
]
