"""What `make bench` runs: eight and fifty readers at once, then the import of the real films where they are at hand."""

from tests.bench import import_films, reading_room

reading_room.main()
print()
if (import_films.SHARED / "data" / "cxr").is_dir():
    import_films.main()
else:
    print(f"The real films are not at {import_films.SHARED}, so their import is not measured; set LUNGSTUDY_SHARED.")
