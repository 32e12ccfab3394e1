"""What a researcher is told when a study cannot take a step."""


class StudyError(Exception):
    """What is wrong, then what to do; nothing was changed."""
