"""What people act on: do two runs differ, does a run meet a file of rules?

A room of its own, because it reads the tables of whole runs and the results of other rooms (a quality card, a page's
figures) and is read by none of them: above `report` and `evaluation`, below Spark and the commands. numpy and pyarrow,
no Spark: what needs all of a run's rows is summed up by `analyzer.spark.diff` and comes here as small tables.
"""
