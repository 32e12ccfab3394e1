"""Images a second: a plain diffusers script beside our worker through Celery, PNG files and database rows included.

Run it with: python -m tests.bench.drawing. Arms, interleaved ABCD DCBA in one run:

    A  a plain diffusers script, one image a call
    B  the same, 16 images a call
    C  B with what diffusers documents to make it faster (torch.compile of denoiser and decoder, channels last)
    D  our worker: a batch is queued, and it is over when the last image is stored

A to C run in this process, D in a worker of its own that holds the model already; each has the same number of threads.
On a graphics card a Stable-Diffusion-1.5-shaped net is drawn with at 512 px, on a processor the starter and a net of
half that width.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.services import process

REPOSITORY = Path(__file__).resolve().parents[2]
TOGETHER = 16
PROMPT = "frontal chest radiograph, PA view, average woman, normal heart, clear lungs"


@dataclass(frozen=True)
class Case:
    """One net and how it is drawn with."""

    name: str
    folder: Path
    images: int
    steps: int
    size: int


class PlainScript:
    """What a user of diffusers would write."""

    def __init__(self, case: Case, *, faster: bool = False) -> None:
        import torch
        from diffusers import StableDiffusionPipeline

        self.case, self.torch = case, torch
        on_gpu = torch.cuda.is_available()
        self.pipeline = StableDiffusionPipeline.from_pretrained(
            case.folder, dtype=torch.float16 if on_gpu else torch.float32, safety_checker=None, feature_extractor=None,
            requires_safety_checker=False,
        ).to("cuda" if on_gpu else "cpu")  # fmt: skip
        self.pipeline.set_progress_bar_config(disable=True)
        self.pipeline.image_processor.config.do_convert_grayscale = self.pipeline.vae.config.in_channels == 1
        if faster:
            for part in (self.pipeline.unet, self.pipeline.vae):
                part.to(memory_format=torch.channels_last)
            self.pipeline.unet = torch.compile(self.pipeline.unet)
            self.pipeline.vae.decode = torch.compile(self.pipeline.vae.decode)

    def flops(self) -> int:
        """Floating-point operations of one image."""
        from torch.utils.flop_counter import FlopCounterMode

        with FlopCounterMode(display=False) as counter:
            self.draw(1, images=1)
        return counter.get_total_flops()

    def draw(self, together: int, images: int = 0) -> float:
        """Seconds for all images, or so many; the pictures are made and thrown away."""
        images = images or self.case.images
        began = time.perf_counter()
        for first in range(0, images, together):
            seeds = range(first, min(first + together, images))
            generators = [self.torch.Generator("cpu").manual_seed(seed) for seed in seeds]
            self.pipeline(
                [PROMPT] * len(seeds), num_inference_steps=self.case.steps, guidance_scale=3.0, generator=generators,
                height=self.case.size, width=self.case.size, output_type="pt",
            )  # fmt: skip
        if self.torch.cuda.is_available():
            self.torch.cuda.synchronize()
        return time.perf_counter() - began


class OurWorker:
    """A worker process as `manage.py up` starts it, on stores of its own."""

    def __init__(self, case: Case, generator: object) -> None:
        self.case, self.generator, self.next_seed = case, generator, 0

    def draw(self) -> float:
        """Seconds from queueing to the last row."""
        from uuid import uuid4

        from generation.actions.orders import NewDataset, Order, OrderLine
        from generation.actions.queueing import queue_batch
        from generation.tasks import run_job

        line = OrderLine(prompt=PROMPT, count=self.case.images, first_seed=self.next_seed)
        self.next_seed += self.case.images
        order = Order(
            generator=self.generator, lines=(line,), steps=self.case.steps, guidance=3.0, scheduler="ddim",
            width=self.case.size, height=self.case.size,
        )  # fmt: skip
        began = time.perf_counter()
        dataset = NewDataset(name=f"{self.case.name}, seeds from {line.first_seed}", licence="CC0")
        batch = queue_batch(order=order, dataset=dataset, request_key=uuid4(), by=None)
        for pk in batch.jobs.values_list("pk", flat=True):
            run_job.delay(pk)
        while batch.jobs.unfinished().exists():
            time.sleep(0.02)
        seconds = time.perf_counter() - began
        stored = sum(job.images.count() for job in batch.jobs.all())
        assert stored == self.case.images, f"{stored} of {self.case.images} stored"
        return seconds


def half_width_net(folder: Path) -> Path:
    """Stable Diffusion 1.5's shape at half its width, with random weights: they cost as much as trained ones."""
    from tests.bench.shaped_nets import save_shaped

    return save_shaped(folder, channels=(160, 320, 640, 640), attention_heads=8)


def cases(folder: Path) -> list[Case]:
    """What this machine can draw in minutes."""
    import torch

    from tests.bench.shaped_nets import save_shaped

    if torch.cuda.is_available():
        whole = save_shaped(folder / "sd15", channels=(320, 640, 1280, 1280), attention_heads=8)
        return [Case(f"SD 1.5's shape, {steps} steps", whole, 64, steps, 512) for steps in (20, 50)]
    starter = REPOSITORY / "generation" / "starter"
    return [
        Case("starter, 128 px, 20 steps", starter, 64, 20, 128),
        Case("half of SD 1.5's width, 128 px, 4 steps", half_width_net(folder / "half"), 16, 4, 128),
    ]


def peak_flops() -> float:
    """What this machine reaches in a plain product of matrices, in the type that is drawn with."""
    import torch

    on_gpu = torch.cuda.is_available()
    side = 8192 if on_gpu else 1024
    factor = torch.randn(side, side, device="cuda" if on_gpu else "cpu")
    factor = factor.to(torch.bfloat16) if on_gpu else factor
    seconds = []
    for _ in range(8):
        began = time.perf_counter()
        factor @ factor
        if on_gpu:
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - began)
    return 2 * side**3 / min(seconds)


def measure(case: Case, rounds: int) -> tuple[dict[str, list[float]], int]:
    """Images a second of each arm in each round, and what one image costs."""
    from generation.actions.registering import Registration, register_generator

    generator = register_generator(wanted=Registration(name=case.name, source=str(case.folder)), by=None)
    worker = OurWorker(case, generator)
    plain, faster = PlainScript(case), PlainScript(case, faster=True)
    arms: dict[str, Callable[[], float]] = {
        "A": lambda: plain.draw(1),
        "B": lambda: plain.draw(TOGETHER),
        "C": lambda: faster.draw(TOGETHER),
        "D": worker.draw,
    }
    warm_up = {name: arm() for name, arm in arms.items()}
    print(f"first run of {case.name} (s): " + ", ".join(f"{name} {seconds:.1f}" for name, seconds in warm_up.items()))
    speeds: dict[str, list[float]] = {name: [] for name in arms}
    for order in ([*arms], [*arms][::-1]) * rounds:
        for name in order:
            speeds[name].append(case.images / arms[name]())
    return speeds, plain.flops()


def table(case: Case, speeds: dict[str, list[float]], flops: int, peak: float) -> str:
    """A row: medians with the least and the most, and the two ratios."""
    middle = {name: statistics.median(seen) for name, seen in speeds.items()}
    cells = [f"{middle[name]:.2f} ({min(seen):.2f} to {max(seen):.2f})" for name, seen in speeds.items()]
    ratios = [f"{middle['D'] / middle[name]:.2f}" for name in "CBA"]
    share = f"{100 * middle['D'] * flops / peak:.0f} %"
    return f"| {case.name} | {' | '.join([*cells, *ratios, share])} |"


def main() -> None:
    """Set up stores, start a worker, measure every case."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=2, help="each draws with every arm twice")
    parser.add_argument("--net", default="", help="only nets whose name begins so")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder)
        os.environ |= {"LUNGSTUDY_VAR": folder, "DJANGO_SETTINGS_MODULE": "lungstudy.settings"}
        import django

        django.setup()
        from lungstudy.site.management.commands.up import prepare_stores

        prepare_stores()
        command = [sys.executable, "-m", "celery", "-A", "lungstudy", "worker", "--pool", "solo", "--without-gossip",
                   "--without-mingle", "-Q", "generate"]  # fmt: skip
        worker = process.start(command, log=var / "worker.log", env=dict(os.environ), cwd=REPOSITORY)
        try:
            peak = peak_flops()
            print(f"A product of matrices reaches {peak / 1e9:.0f} billion operations a second here.")
            print(
                "| net | A | B | C | D | D/C | D/B | D/A | D's share of that |\n|---|---|---|---|---|---|---|---|---|"
            )
            for case in cases(var):
                if case.name.startswith(options.net):
                    print(table(case, *measure(case, options.rounds), peak), flush=True)
        finally:
            process.stop(worker, seconds=30)


if __name__ == "__main__":
    main()
