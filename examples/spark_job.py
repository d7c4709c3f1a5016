"""Tag the texts of a Parquet table with Spark: Parquet in, one row a sentence, Parquet out.

    python examples/spark_job.py texts.parquet sentences.parquet
    spark-submit examples/spark_job.py hdfs:///texts hdfs:///sentences --partitions 4000

The folder of the result must not exist yet: a job that is run again never adds to what is there.
"""

import argparse

from pyspark.sql import SparkSession

from otgnlp.integrations.spark import tag_table


def main() -> None:
    """Read the arguments and run the job."""
    parser = argparse.ArgumentParser(description="Tag the texts of a Parquet table with Spark.")
    parser.add_argument("source", help="the table of texts")
    parser.add_argument("target", help="where to write the table of sentences")
    parser.add_argument("--text", default="text", metavar="COLUMN", help="the column of texts")
    parser.add_argument("--model", metavar="ARCHIVE", help="archive of a model (default: bundled)")
    parser.add_argument("--partitions", type=int, metavar="N", help="spread the texts over N tasks")
    arguments = parser.parse_args()
    run(arguments.source, arguments.target, arguments.text, arguments.model, arguments.partitions)


def run(
    source: str, target: str, text_col: str, archive: str | None, n_partitions: int | None
) -> None:
    """Tag a table of texts."""
    spark = SparkSession.builder.appName("otgnlp").getOrCreate()
    model = None
    if archive is not None:
        spark.sparkContext.addArchive(f"{archive}#model")  # goes to every machine, unpacked
        model = "model"
    texts = spark.read.parquet(source)
    if n_partitions is not None:
        texts = texts.repartition(n_partitions)
    sentences = tag_table(texts, text_col, model)
    sentences.write.mode("errorifexists").parquet(target)
    spark.stop()


if __name__ == "__main__":
    main()
