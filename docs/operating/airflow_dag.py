"""Airflow 3: put this file into the DAGs folder. Airflow is no dependency of hotlines."""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

HOTLINES = "/srv/hotlines/.venv/bin/hotlines"
ENVIRONMENT = {
    "HOTLINES_CONTACT": "you@example.org",
    "HOTLINES_DATA_DIR": "/srv/hotlines/data",
    "PYTHONUTF8": "1",
}

with DAG(
    dag_id="hotlines",
    schedule="15 5 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Shanghai"),
    catchup=False,  # the pages of last week cannot be asked any more
    max_active_runs=1,
) as dag:
    crawl = BashOperator(
        task_id="crawl",
        bash_command=f"{HOTLINES} crawl --quiet",
        env=ENVIRONMENT,
        append_env=True,
        skip_on_exit_code=75,  # another run holds the lock
        retries=0,  # the crawl retries hosts itself; 2 and 3 do not heal by trying again
        execution_timeout=timedelta(hours=2),
    )
    status = BashOperator(
        task_id="status",
        bash_command=f"{HOTLINES} status --max-age 36h --strict",
        env=ENVIRONMENT,
        append_env=True,
        trigger_rule="all_done",
    )
    crawl >> status
