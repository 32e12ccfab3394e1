"""Our own trainer of the starter model: phantoms, an autoencoder, a denoiser, and the folder they end up in."""
