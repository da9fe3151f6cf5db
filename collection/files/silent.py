"""A library that logs words of the material is silenced, whatever sets logging up afterwards."""

import logging


def silence(name: str) -> None:
    """Let a library's logger say nothing, by a filter: to set logging up anew enables loggers."""
    logger = logging.getLogger(name)
    if _nothing not in logger.filters:
        logger.addFilter(_nothing)


def _nothing(_record: logging.LogRecord) -> bool:
    return False
