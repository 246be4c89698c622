"""How fast the model and the page are, measured on the machine at hand."""
