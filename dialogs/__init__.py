"""What to say: Rasa's files and the action server's code."""
