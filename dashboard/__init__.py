"""The page: what the model says, drawn. No quantity is described here; `tem` declares them all."""
