"""The style that the desk and the customers' pages share: one folder of sheets, one address."""
