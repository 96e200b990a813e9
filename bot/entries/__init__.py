"""The domain: what an agent does, as entries; standard library only, no wire shape enters here."""
