"""Campaigns as code: what a marketing team declares in git, compared with and applied to a live account."""

__version__ = "0.1.0"
