"""Ear and mouth: sound to words by Vosk, words to sound by pyttsx3 or a studio's recordings."""
