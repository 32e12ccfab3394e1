"""How many images kappa needs to come out as precise as is wanted."""

from collections.abc import Sequence

from reader.reports.planning.answer import Answer, Table, plain
from reader.stats.planning_kappa import images_for_kappa_interval, kappa_limits

OF_SOURCES = {
    True: "Altaye, Donner and Klar (2001), Biometrics 57:584-588: two categories, any number of readers.",
    False: "Bartfay and Donner (2001), J. R. Stat. Soc. D 50:83-95; Rotondi and Donner (2012), J. Clin. Epidemiol. "
    "65:778-784: three categories and more.",
}


def kappa_precision(
    *, shares: Sequence[float], kappa: float, half_width: float, most_readers: int, n_images: int
) -> Answer:
    """Images for each number of readers, and the interval to expect with as many images as are planned."""
    low, high = kappa - half_width, kappa + half_width
    rows, found = [], {}
    for readers in range(2, most_readers + 1):
        found[readers] = images_for_kappa_interval(shares, n_readers=readers, kappa=kappa, low=low, high=high)
        limits = kappa_limits(shares, n_readers=readers, n_images=n_images, kappa=kappa)
        rows.append((str(readers), f"{found[readers]:,}", f"{limits[0]:.2f} to {limits[1]:.2f}"))
    needed = found[most_readers]
    used = ", ".join(plain(share) for share in shares)
    return Answer(
        lead=f"{needed:,} images with {most_readers} readers",
        also=f"Then the 95 % interval of kappa lies within {low:.2f} to {high:.2f} where kappa is {plain(kappa)}.",
        assumption=(
            f"{len(shares)} categories used in shares {used}, alike by all readers, every reader reads every image; "
            "the interval speaks about these readers and images like these."
        ),
        sources=(
            "Goodness of fit of the patterns of verdicts: Donner and Eliasziw (1992), Stat. Med. 11:1511-1519.",
            OF_SOURCES[len(shares) == 2],
            "The same numbers as R's kappaSize.",
        ),
        protocol=(
            f"With {needed:,} images read by {most_readers} readers, the 95 % interval of kappa is expected to lie "
            f"within {low:.2f} to {high:.2f} if kappa is {plain(kappa)} and the {len(shares)} categories are used in "
            f"the shares {used}."
        ),
        table=Table(
            "Images by number of readers",
            ("Readers", "Images", f"Interval to expect with {n_images:,} images"),
            tuple(rows),
        ),
        warning=warning_of(found, len(shares)),
    )


def warning_of(found: dict[int, int], n_categories: int) -> str:
    """More readers never need more images; this method, from three categories on, can say they do."""
    least = min(found, key=lambda readers: found[readers])
    if n_categories < 3 or found[max(found)] <= found[least]:
        return ""
    return (
        f"Above {least} readers the method asks for more images again, because with three categories and more it uses "
        f"only whether all readers agree: plan with the {found[least]:,} images of {least} readers."
    )
