"""Business services: what the dialogue may ask for. Strangers to each other."""
