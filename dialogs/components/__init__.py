"""Graph components of Rasa's own process: they run in Rasa's environment and know nothing else of ours."""
