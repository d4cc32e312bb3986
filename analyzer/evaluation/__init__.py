"""Models against the corpus and against graders: numpy and pyarrow, no Spark."""
