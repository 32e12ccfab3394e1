"""Masks of a structure from where a phrase's attention fell while a picture was drawn: arrays in, arrays out."""
