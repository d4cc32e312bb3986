"""The theory tried on worlds whose truth is known: numpy alone; torch and tokenizers as the extra `lab`."""
