"""What keeping attention costs: seconds to draw with the starter, with and without it.

Run it with: python -m tests.bench.attention. Arms, interleaved ABBA in one run, one thread unless said otherwise:

    A  images as always
    B  the same images, the attention of three phrases kept at every resolution and step

Seconds are of processor time, which a busy machine changes least, so this is for machines that draw on the processor.
The ratio is that of the two arms of one round. Images are compared bit for bit.
"""

import argparse
import statistics
import time
from pathlib import Path

STARTER = Path(__file__).resolve().parents[2] / "generation" / "starter"
PROMPT = "frontal chest radiograph, PA view, average woman, normal heart, clear lungs"
PHRASES = ("lungs", "heart", "average woman")


def measure(rounds: int, images: int, steps: int, model: Path) -> None:
    """Draw in both arms, print a row for each and the ratio."""
    import numpy as np

    from generation.diffusion.attention.capture import Capture
    from generation.diffusion.attention.wanted import Wanted
    from generation.diffusion.inspecting import inspect_model
    from generation.diffusion.loading import load_pipeline
    from generation.diffusion.material import NOTHING
    from generation.diffusion.recipe import Recipe, family
    from generation.diffusion.sampling import sample

    pipeline, size = load_pipeline(str(model)), inspect_model(model).native_size
    first = Recipe(
        model="starter", weights_sha256="0" * 64, prompt=PROMPT, negative_prompt="", seed=1, steps=steps, guidance=3.0,
        scheduler="ddim", width=size, height=size, batch_shape=images,
    )  # fmt: skip

    def draw(wanted: Wanted) -> tuple[float, list]:
        began = time.process_time()
        drawn = sample(pipeline, family(first, images), lambda _: None, NOTHING, Capture(wanted))
        return time.process_time() - began, drawn

    without, kept = Wanted(), Wanted(PHRASES)
    draw(without)
    seconds: dict[Wanted, list[float]] = {without: [], kept: []}
    same = True
    for number in range(rounds):
        order = (without, kept) if number % 2 == 0 else (kept, without)
        drawn = {}
        for wanted in order:
            took, drawn[wanted] = draw(wanted)
            seconds[wanted].append(took)
        same &= all(map(np.array_equal, drawn[without], drawn[kept]))
    ratios = [b / a for a, b in zip(seconds[without], seconds[kept], strict=True)]
    print(f"| {images} images of {size} px, {steps} steps | processor seconds, median (least to most) |\n|---|---|")
    for title, wanted in (("A without", without), (f"B {len(PHRASES)} phrases kept", kept)):
        row = seconds[wanted]
        print(f"| {title} | {statistics.median(row):.2f} ({min(row):.2f} to {max(row):.2f}) |")
    least = min(seconds[kept]) / min(seconds[without])
    print(
        f"B / A: median of {rounds} rounds {statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f}), "
        f"of each arm's fastest {least:.3f}; images {'bit for bit the same' if same else 'DIFFER'}"
    )


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--images", type=int, default=4)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--model", type=Path, default=STARTER, help="a model folder (default: the starter)")
    options = parser.parse_args()
    import torch

    torch.set_num_threads(options.threads)
    measure(options.rounds, options.images, options.steps, options.model)


if __name__ == "__main__":
    main()
