#include "schedule/mpi.h"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <vector>

#include "base/fault.h"
#include "schedule/environment.h"
#include "schedule/wait.h"

namespace ksweep {
namespace {

void require(const std::optional<std::string>& fault) {
  if (fault) throw EnvironmentError(*fault);
}

/// Sets Open MPI up for a single process, without its daemon, which takes seconds to start and needs ssh, a
/// network and a folder for temporary files, and without network transports.
void isolate() {
  ::setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
  ::setenv("OMPI_MCA_orte_create_session_dirs", "0", 0);
  ::setenv("OMPI_MCA_pml", "ob1", 0);
  ::setenv("OMPI_MCA_btl", "self", 0);
}

}  // namespace

MpiSession::MpiSession(int& argc, char**& argv) {
  require(launch_fault(::getenv));
  if (launcher(::getenv) == Launcher::none) isolate();
  int provided = MPI_THREAD_SINGLE;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
  MPI_Comm_size(MPI_COMM_WORLD, &n_ranks_);
  auto fault = singleton_fault(::getenv, n_ranks_);
  if (!fault && provided < MPI_THREAD_FUNNELED)
    fault =
        "This MPI library was built without thread support (MPI_THREAD_FUNNELED), so OpenMP threads beside "
        "it are not safe. Use an MPI library with thread support, such as Debian's Open MPI.";
  if (fault) MPI_Finalize();
  require(fault);
}

MpiSession::~MpiSession() {
  // MPI_Finalize waits for other ranks, too, but busily.
  if (std::uncaught_exceptions() == 0) sleeping_barrier(MPI_COMM_WORLD);
  MPI_Finalize();
}

std::string first_text(MPI_Comm comm, const std::string& text) {
  int rank = 0, n_ranks = 1;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &n_ranks);
  const int mine = text.empty() ? n_ranks : rank;
  int first = n_ranks;
  MPI_Request request;
  MPI_Iallreduce(&mine, &first, 1, MPI_INT, MPI_MIN, comm, &request);
  sleep_until_complete(request);
  if (first == n_ranks) return {};
  std::string shared = text;
  int size = static_cast<int>(text.size());
  MPI_Bcast(&size, 1, MPI_INT, first, comm);
  shared.resize(size);
  MPI_Bcast(shared.data(), size, MPI_CHAR, first, comm);
  return shared;
}

void together(MPI_Comm comm, const std::function<void()>& work) {
  Fault mine;
  try {
    work();
  } catch (...) {
    mine = fault_of(std::current_exception());
  }
  // Each kind in turn, so that all ranks throw the same, whatever several of them met with.
  std::vector<Fault> faults;
  for (const ExitCode code : {ExitCode::environment, ExitCode::usage, ExitCode::our_mistake})
    faults.push_back({code, first_text(comm, mine.code == code ? mine.text : "")});
  const auto first = std::ranges::find_if(faults, [](const Fault& fault) { return !fault.text.empty(); });
  if (first != faults.end()) raise(*first);
}

}  // namespace ksweep
