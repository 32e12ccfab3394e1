"""What a training is: its kind and every number that decides the result. No torch here, forms and pages ask too."""

import hashlib
import json
import math
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

EMBEDDING, LORA, FINE_TUNE, SCRATCH = KINDS = ("embedding", "lora", "fine_tune", "scratch")
SCHEDULES = {"constant": "Constant", "cosine": "Falling as a cosine", "linear": "Falling in a line"}
PRECISIONS = {
    "fp32": "Single precision",
    "bf16": "bfloat16 where it is safe",
    "fp16": "Half precision where it is safe, for cards without bfloat16",
}
PREDICTIONS = {"v_prediction": "Velocity", "epsilon": "Noise"}
DEVICES = {"any": "Processor or graphics card, whichever is there", "gpu": "Graphics card only"}
MOST_VECTORS = 64
MOST_STEPS = 1_000_000
HIGHEST_SEED = 2**28 - 1
# Outside of these every run of ours either stood still or burst.
RATES = {EMBEDDING: (1e-6, 0.5), LORA: (1e-7, 0.05), FINE_TUNE: (1e-8, 5e-3), SCRATCH: (1e-6, 1e-2)}


@dataclass(frozen=True)
class LearningPlan:
    """Everything that decides the result, given the model, the images with their captions, and the versions.

    Attributes
    ----------
    size : int
        Pixels on each side of the square that is learned from.
    accumulate : int
        Batches whose gradients are added up before each step.
    warmup : int
        Steps over which the rate rises from nothing.
    snr_limit : float
        Limit of the signal to noise ratio beyond which cleaner pictures count no more; 0 counts all alike.
    variants : int
        How many versions of each image are encoded once: itself, then slightly moved and scaled ones, never mirrored.
    average : float
        Decay of the running average of the weights, which is what is kept then; 0 for none.
    spare_memory : bool
        Compute parts of the forward pass twice instead of keeping them (gradient checkpointing).
    word, vectors, initial_words : of an embedding
        Its word in prompts, how many vectors stand for it, and the words that they begin as.
    rank, alpha : of a LoRA
    text_encoder : of a fine-tuned model
        Whether the text encoder learns too.
    width, prediction : of a model from scratch
        Channels of the denoiser's first level, and what it predicts.
    autoencoder_steps, autoencoder_rate : of a model from scratch, and of a fine-tuned one
        How the autoencoder is trained before the denoiser; with 0 steps a fine-tuned model keeps its own.
    """

    kind: str
    size: int
    seed: int = 0
    steps: int = 500
    batch: int = 4
    accumulate: int = 1
    rate: float = 5e-3
    schedule: str = "cosine"
    warmup: int = 0
    snr_limit: float = 5.0
    variants: int = 4
    caption_dropout: float = 0.0
    average: float = 0.0
    precision: str = "fp32"
    spare_memory: bool = False
    device: str = "any"
    word: str = ""
    vectors: int = 8
    initial_words: str = ""
    rank: int = 8
    alpha: int = 8
    text_encoder: bool = False
    width: int = 80
    prediction: str = "v_prediction"
    autoencoder_steps: int = 0
    autoencoder_rate: float = 1.2e-3

    def __post_init__(self) -> None:
        """Refuse what cannot be trained.

        Raises
        ------
        ValueError
            With one sentence that says what to change.
        """
        if self.kind not in KINDS:
            raise ValueError(f"A training is one of: {', '.join(KINDS)}; not “{self.kind}”.")
        self._check_rate("learning rate", self.rate)
        if self.kind == SCRATCH and not self.autoencoder_steps:
            raise ValueError("The autoencoder of a model from scratch needs at least 1 step; 3000 are usual.")
        if self.autoencoder_learns:
            self._check_rate("autoencoder's learning rate", self.autoencoder_rate)
        for name, low, high in COUNTS:
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"The {name.replace('_', ' ')} must lie between {low} and {high}, not at {value}.")
        for name, known in CHOICES.items():
            if getattr(self, name) not in known:
                raise ValueError(f"The {name} is one of: {', '.join(known)}; not “{getattr(self, name)}”.")

    def _check_rate(self, words: str, rate: float) -> None:
        low, high = RATES[self.kind]
        if not (math.isfinite(rate) and low <= rate <= high):
            raise ValueError(f"The {words} must lie between {low:g} and {high:g} for this kind, not at {rate:g}.")

    @property
    def autoencoder_learns(self) -> bool:
        """Whether a phase for the autoencoder comes first."""
        return self.kind in (FINE_TUNE, SCRATCH) and self.autoencoder_steps > 0

    @property
    def total_steps(self) -> int:
        """Steps of all phases."""
        return self.steps + (self.autoencoder_steps if self.autoencoder_learns else 0)

    def as_json(self) -> dict[str, Any]:
        """Plain fields; `plan_from` gives the plan back."""
        return asdict(self)

    def sha256(self) -> str:
        """Names the plan: a checkpoint of another plan is never gone on from."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()


COUNTS = (
    ("size", 64, 4096),
    ("seed", 0, HIGHEST_SEED),
    ("steps", 1, MOST_STEPS),
    ("batch", 1, 1024),
    ("accumulate", 1, 1024),
    ("warmup", 0, MOST_STEPS),
    ("snr_limit", 0, 1000),
    ("variants", 1, 64),
    ("caption_dropout", 0, 0.9),
    ("average", 0, 0.99999),
    ("vectors", 1, MOST_VECTORS),
    ("rank", 1, 256),
    ("alpha", 1, 1024),
    ("width", 8, 640),
    ("autoencoder_steps", 0, MOST_STEPS),
)
CHOICES = {"schedule": SCHEDULES, "precision": PRECISIONS, "prediction": PREDICTIONS, "device": DEVICES}


def plan_from(stored: dict[str, Any]) -> LearningPlan:
    """The plan that `as_json` wrote."""
    known = {field.name for field in fields(LearningPlan)}
    return LearningPlan(**{name: value for name, value in stored.items() if name in known})


def sensible(kind: str, size: int) -> LearningPlan:
    """What a fresh form offers for this kind."""
    first = 3000 if kind == SCRATCH else 0
    plain = LearningPlan(kind=kind, size=size, rate=SENSIBLE_RATES[kind], autoencoder_steps=first)
    if kind == EMBEDDING:
        return plain
    if kind == LORA:
        return replace(plain, steps=1000, caption_dropout=0.1, warmup=20)
    taught = replace(plain, batch=8, average=0.999, caption_dropout=0.1, warmup=100)
    if kind == FINE_TUNE:
        return replace(taught, steps=2000, autoencoder_rate=2e-5)
    return replace(taught, steps=12_000, batch=32, average=0.9995)


SENSIBLE_RATES = {EMBEDDING: 5e-3, LORA: 5e-4, FINE_TUNE: 2e-5, SCRATCH: 6e-4}
