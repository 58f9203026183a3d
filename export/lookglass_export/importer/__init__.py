"""Importers of third-party models and bodies into our own formats."""
