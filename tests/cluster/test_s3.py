"""Jobs that are preempted where no files are shared: data, results and states lie in S3.

The interface is moto's server on the loopback interface; its credentials are made up. Each job runs
in an empty folder, and the training job is killed as a whole at three seeded moments.
"""

import os
import random
import re
import signal
import time
from itertools import pairwise
from pathlib import Path

import boto3
import pytest
from helpers.pods import PATH, assert_same_run, head_node, on_pods
from helpers.running import Running
from moto.server import ThreadedMotoServer

pytestmark = pytest.mark.slow

KILLED_AFTER = sorted(random.Random(17).sample(range(4, 46), 3))  # epochs of 50


@pytest.fixture(scope="module")
def s3():
    """A client of an S3 server, whose address and credentials are in the environment."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)  # at a port that is free
    server.start()
    host, port = server.get_host_and_port()
    values = (f"http://{host}:{port}", "made-up", "made-up-too")
    with pytest.MonkeyPatch.context() as patch:
        for prefix, names in (
            ("AWS_", ("ENDPOINT_URL", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY")),
            ("SNAKEMAKE_STORAGE_S3_", ("ENDPOINT_URL", "ACCESS_KEY", "SECRET_KEY")),
        ):
            for name, value in zip(names, values, strict=True):
                patch.setenv(prefix + name, value)
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        client = boto3.client("s3")
        client.create_bucket(Bucket="studies")
        yield client
    server.stop()


def trained(pod):
    """The epochs that a pod's job has trained."""
    said = (pod / ".output").read_text(errors="replace") if (pod / ".output").exists() else ""
    return [int(epoch) for epoch in re.findall(r"gn seed 1 · epoch (\d+)/50", said)]


def training(pods, epoch, killed):
    """The pod whose job has trained up to the epoch or further, if it was not killed."""
    far = (pod for pod in pods.glob("pod-*") if max(trained(pod), default=0) >= epoch)
    return next((pod for pod in far if pod not in killed), None)


def resumed_after(pod):
    """The epochs after which it says that it resumed."""
    said = (pod / ".output").read_text(errors="replace")
    return [int(epoch) for epoch in re.findall(r"epoch (\d+) of 50, from s3://", said)]


@pytest.fixture(scope="module")
def preempted(s3, tmp_path_factory):
    """The pods that trained, the first one first, of a study that ran to its end."""
    head = head_node(tmp_path_factory.mktemp("head") / "project")
    pods = tmp_path_factory.mktemp("pods")
    study = ("--configfile", "tests/cluster/preempted.yaml", "--retries", "3")
    killed = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", PATH)
        with Running(head, *study, *on_pods(pods, "s3", "s3://studies/study")) as snakemake:
            for epoch in KILLED_AFTER:
                while not (pod := training(pods, epoch, killed)):
                    snakemake.said()
                    time.sleep(0.1)
                os.killpg(int((pod / ".group").read_text()), signal.SIGKILL)
                killed.append(pod)
            status, said = snakemake.wait(600)
    assert status == 0, said
    return sorted(filter(trained, pods.glob("pod-*")), key=lambda pod: max(trained(pod)))


def test_each_job_resumed_after_the_last_complete_epoch_of_the_one_before(preempted):
    assert len(preempted) == 4
    assert not resumed_after(preempted[0])
    for before, pod in pairwise(preempted):
        (epoch,) = resumed_after(pod)
        assert epoch - max(trained(before)) in (0, 1)  # killed between its saving and its saying
        assert trained(pod)[0] == epoch + 1
    assert trained(preempted[-1])[-1] == 50


def test_tables_and_tensors_equal_those_of_a_local_run(preempted, s3, local, tmp_path):
    def stored(name):
        """An object of the study, as a file."""
        path = tmp_path / Path(name).name
        s3.download_file("studies", f"study/{name}", str(path))
        return path

    assert_same_run(stored, local, "results/gn/seed-1")
    assert stored("results/report.html").stat().st_size > 0


def test_the_state_of_the_finished_run_is_removed(preempted, s3):
    assert not s3.list_objects_v2(Bucket="studies", Prefix="states/").get("Contents")
