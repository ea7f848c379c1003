"""Letters to many, and the texts that an office keeps to write them again."""
