"""The house: one telephone conversation, from sound to business and back."""
