"""The cluster as fixtures."""

import pytest
from cluster import Slurm, is_installed, private_cluster


@pytest.fixture(scope="session")
def cluster():
    """The environment in which Slurm's commands reach the cluster."""
    if not is_installed():
        pytest.skip("slurmctld is not installed, so slurm/ is NOT TESTED: jobs/setup --tests installs it")
    with private_cluster() as environment:
        yield environment


@pytest.fixture
def slurm(cluster, tmp_path):
    """The cluster, seen from an empty folder of this test."""
    slurm = Slurm(cluster, tmp_path)
    yield slurm
    for job in slurm.run("squeue", "-h", "-o", "%i").split():
        slurm.run("scancel", job)
        slurm.ended(job)
