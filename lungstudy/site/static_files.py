"""Static files under names that carry their content's hash, so that browsers may keep them for good."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """Hashes also the modules that scripts import: a browser that kept an old one would send answers the old way."""

    support_js_module_import_aggregation = True
