"""The customer's page and the widget: a face of the web chat."""
