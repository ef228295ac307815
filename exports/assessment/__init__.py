"""The pain assessment that a person in pain meets: the static site, made ready for a web host or served here."""
