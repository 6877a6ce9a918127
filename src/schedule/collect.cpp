#include "schedule/collect.h"

namespace ksweep {

int least_of_all(MPI_Comm comm, int number) {
  int least = number;
  MPI_Allreduce(&number, &least, 1, MPI_INT, MPI_MIN, comm);
  return least;
}

std::vector<std::string> texts_of_all(MPI_Comm comm, const std::string& text) {
  constexpr int size = 256;
  int n_ranks = 1;
  MPI_Comm_size(comm, &n_ranks);
  char own[size] = {};
  text.copy(own, size - 1);
  std::vector<char> all(static_cast<std::size_t>(size) * n_ranks);
  MPI_Allgather(own, size, MPI_CHAR, all.data(), size, MPI_CHAR, comm);
  std::vector<std::string> texts;
  for (int rank = 0; rank < n_ranks; ++rank)
    texts.emplace_back(all.data() + static_cast<std::ptrdiff_t>(rank) * size);
  return texts;
}

std::vector<int> node_of_each(MPI_Comm comm) {
  int rank = 0, n_ranks = 1;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &n_ranks);
  MPI_Comm node;
  MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node);
  const int lowest = least_of_all(node, rank);
  MPI_Comm_free(&node);
  std::vector<int> nodes(static_cast<std::size_t>(n_ranks));
  MPI_Allgather(&lowest, 1, MPI_INT, nodes.data(), 1, MPI_INT, comm);
  return nodes;
}

std::vector<std::uint32_t> list_of_first(MPI_Comm comm, std::vector<std::uint32_t> list) {
  auto size = static_cast<std::uint64_t>(list.size());
  MPI_Bcast(&size, 1, MPI_UINT64_T, 0, comm);
  list.resize(size);
  MPI_Bcast(list.data(), static_cast<int>(size), MPI_UINT32_T, 0, comm);
  return list;
}

std::string mpi_library() {
  char text[MPI_MAX_LIBRARY_VERSION_STRING];
  int length = 0;
  MPI_Get_library_version(text, &length);
  const std::string all(text, static_cast<std::size_t>(length));
  return all.substr(0, all.find(','));
}

}  // namespace ksweep
