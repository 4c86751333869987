"""The application: it keeps, routes, shows, sends."""
