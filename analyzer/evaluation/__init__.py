"""Models against the corpus and against graders, the extractor against gold data: numpy and pyarrow, no Spark."""
