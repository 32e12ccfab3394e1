"""Plans of a study in words: images, readers and power, each with its assumptions and a sentence for the protocol."""
