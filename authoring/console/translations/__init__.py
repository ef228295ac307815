"""The page of translations: languages, their texts, what goes to translators and comes back, emergency numbers."""
