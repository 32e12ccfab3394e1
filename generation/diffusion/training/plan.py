"""What a training run of the starter model is: sizes, step counts, seed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TrainingPlan:
    """Everything that decides the trained weights, given the versions and one thread."""

    seed: int = 0
    image_size: int = 128
    phantoms: int = 26_600
    vae_steps: int = 3000
    vae_batch: int = 16
    vae_channels: tuple[int, ...] = (32, 64, 96, 96)
    vae_rate: float = 1.2e-3
    latent_channels: int = 8
    unet_steps: int = 5_000
    unet_batch: int = 32
    unet_channels: tuple[int, ...] = (80, 160)
    unet_heads: int = 4
    unet_rate: float = 6e-4
    text_width: int = 96
    text_layers: int = 2
    text_steps: int = 1500
    text_batch: int = 64
    text_rate: float = 1e-3
    prompt_tokens: int = 77
    snr_limit: float = 5.0
    finding_weight: float = 4.0
    grounding_weight: float = 0.05
    caption_dropout: float = 0.1
    save_every: int = 80

    @property
    def latent_size(self) -> int:
        """Side of the latent grid: the autoencoder halves once between each two widths."""
        return self.image_size >> (len(self.vae_channels) - 1)


def small_plan(seed: int = 0) -> TrainingPlan:
    """A run of seconds, for tests: same path, tiny networks, no use as a model."""
    return TrainingPlan(
        seed=seed,
        image_size=64,
        phantoms=19,
        vae_steps=4,
        vae_batch=2,
        vae_channels=(8, 8, 8, 8),
        latent_channels=4,
        unet_steps=4,
        unet_batch=2,
        unet_channels=(8, 16),
        unet_heads=2,
        text_width=16,
        text_layers=1,
        text_steps=4,
        text_batch=2,
        save_every=2,
    )
