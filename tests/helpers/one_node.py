"""A SLURM cluster of one node on the loopback interface: the real daemons, without systemd.

The daemons are children of the test, die with it, and are ended by their process ids. Their
state lies in a folder of the test's. Only /etc/slurm/slurm.conf and gres.conf lie elsewhere:
Snakemake takes SLURM_CONF out of the jobs' environment. Where there is a cluster already, this
module refuses to start another.
"""

import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

ETC = Path("/etc/slurm")
MARK = "# A test's cluster of one node: may be deleted when no test runs.\n"
NODE = "node1"
MEMORY_MB = 6000  # a bookkeeping figure: no job is held to it
STARTS_IN = 60  # seconds

# No cgroups, no accounting database: neither is available in a container. The node has a GPU
# on paper, to see that one is asked for.
CONFIG = """{mark}
ClusterName=loopback
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
AuthInfo=socket={folder}/munge.socket
SlurmUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
MinJobAge=3600
GresTypes=gpu
NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory} Gres=gpu:1
PartitionName=work Nodes={node} Default=YES State=UP
"""


def ask(*command: str) -> str:
    """What a SLURM command prints."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@contextmanager
def one_node_cluster(folder: Path) -> Iterator[None]:
    """A cluster that accepts jobs while the block runs.

    Raises:
        RuntimeError: this machine belongs to a cluster, or the user is not root, or the
            cluster does not come up.
    """
    if os.geteuid() != 0:
        raise RuntimeError("starting SLURM's daemons takes root")
    for name in ("slurm.conf", "gres.conf"):
        path = ETC / name
        if path.exists() and not path.read_text(encoding="utf-8").startswith(MARK):
            raise RuntimeError(f"{path} is of a real cluster, which this test must not touch")
    if (
        "SLURM_CONF" in os.environ
        or subprocess.run(["scontrol", "ping"], capture_output=True).returncode == 0
    ):
        raise RuntimeError(
            "this machine belongs to a running cluster, which this test must not touch"
        )
    with ExitStack() as down:
        for name, text in _configuration(folder).items():
            path = ETC / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            down.callback(path.unlink)
        key, munge = folder / "munge.key", folder / "munge.socket"
        key.touch(mode=0o600)
        key.write_bytes(secrets.token_bytes(128))
        files = [f"--{name}-file={folder}/munged.{name}" for name in ("pid", "log", "seed")]
        options = ["--foreground", "--force", f"--socket={munge}", f"--key-file={key}", *files]
        down.enter_context(_daemon(["munged", *options], folder))
        # A socket exists before anybody listens at it.
        answered = ("munge", "--no-input", f"--socket={munge}")
        _wait_until(lambda: munge.exists() and ask(*answered), "munged", folder)
        down.enter_context(_daemon(["slurmctld", "-D"], folder))
        down.enter_context(_daemon(["slurmd", "-D", "-N", NODE], folder))
        _wait_until(lambda: ask("sinfo", "-h", "-o", "%T").strip() == "idle", "the node", folder)
        down.callback(_cancel_all)
        yield


def _configuration(folder: Path) -> dict[str, str]:
    """File name → content, with two free ports; makes the folders that it names."""
    for name in ("state", "spool"):
        (folder / name).mkdir(parents=True)
    with socket.socket() as first, socket.socket() as second:
        for one in (first, second):
            one.bind(("127.0.0.1", 0))
        ports = [one.getsockname()[1] for one in (first, second)]
    config = CONFIG.format(
        mark=MARK, folder=folder, ports=ports, host=socket.gethostname().split(".")[0],
        node=NODE, cpus=os.cpu_count(), memory=MEMORY_MB,
    )  # fmt: skip
    return {"slurm.conf": config, "gres.conf": f"{MARK}NodeName={NODE} Name=gpu File=/dev/null\n"}


@contextmanager
def _daemon(command: list[str], folder: Path) -> Iterator[None]:
    """A daemon in the foreground; it is told to end with this process, should that be killed."""
    with (folder / f"{command[0]}.out").open("w") as file:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", *command],
            stdout=file, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _cancel_all() -> None:
    """Cancel what is left in the queue, and wait until it is gone."""
    subprocess.run(["scancel", "--user=root"], check=False)
    end = time.monotonic() + 60
    while ask("squeue", "-h") and time.monotonic() < end:
        time.sleep(0.5)


def _wait_until(condition, what: str, folder: Path) -> None:
    end = time.monotonic() + STARTS_IN
    while True:
        try:
            if condition():
                return
        except subprocess.CalledProcessError:  # slurmctld does not answer yet
            pass
        if time.monotonic() > end:
            said = "\n".join(path.read_text() for path in folder.glob("*.out"))
            raise RuntimeError(f"{what} did not come up within {STARTS_IN} s:\n{said}")
        time.sleep(0.2)
