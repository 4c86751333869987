"""The browser face of the desk."""
