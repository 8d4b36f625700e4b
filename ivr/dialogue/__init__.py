"""What is said between the turn-taking and Rasa."""
