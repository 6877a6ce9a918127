"""ksweep for Spack: `spack repo add packaging/spack`, then `spack install ksweep`, or `spack dev-build ksweep@main` in the sources."""

from pathlib import Path

from spack.package import *

try:  # Spack 1.0 and later have them here, earlier ones in spack.package
    from spack_repo.builtin.build_systems.cmake import CMakePackage, generator
except ImportError:
    pass


class Ksweep(CMakePackage):
    """Sweeps of k-sparse autoencoders under MPI and OpenMP: how does accuracy depend on k?"""

    # The clone that this recipe lies in.
    git = Path(__file__).resolve().parents[4].as_uri()

    version("main", branch="main")

    variant("report", default=True, description="The Python packages that the report and the Python interface need")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.22:", type="build")
    depends_on("ninja", type="build")
    depends_on("mpi", type=("build", "link", "run"))  # `ksweep run --ranks` looks for mpirun in PATH
    depends_on("eigen@3.4:3")
    depends_on("hdf5@1.10:+hl")  # with MPI or without, as it is there for others
    depends_on("boost@1.74:+program_options")
    depends_on("zlib-api")
    depends_on("openssl")
    depends_on("libzip")
    depends_on("liblzf")
    depends_on("nlohmann-json@3.11:")
    depends_on("random123")
    depends_on("liblbfgs")
    depends_on("fmt@9:12.1")  # from 12.2 on, fmt/core.h has no fmt::format
    with when("+report"):
        depends_on("python@3.11:", type="run")
        for package in ("h5py", "jinja2", "matplotlib", "numpy", "pandas", "scipy", "xarray"):
            depends_on(f"py-{package}", type="run")

    generator("ninja")
    conflicts("%gcc@:11", msg="ksweep is written in C++20 and tested with GCC 12")

    def cmake_args(self):
        return [self.define("KSWEEP_TESTS", False)]

    def setup_run_environment(self, env):
        env.prepend_path("PYTHONPATH", self.prefix.share.ksweep.analysis)
        if self.spec.satisfies("+report"):
            env.set("KSWEEP_PYTHON", self.spec["python"].command.path)
