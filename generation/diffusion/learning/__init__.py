"""Our own trainers on a library's images: embeddings, LoRAs, fine-tuned models and models from scratch."""
