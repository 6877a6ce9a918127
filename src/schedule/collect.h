#pragma once

#include <mpi.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ksweep {

/// The least of all ranks' numbers.  Collective, as all of these.
int least_of_all(MPI_Comm comm, int number);

/// Each rank's text, by rank, cut after 255 bytes.
std::vector<std::string> texts_of_all(MPI_Comm comm, const std::string& text);

/// The node that each rank is on, named by its lowest rank.
std::vector<int> node_of_each(MPI_Comm comm);

/// Rank 0's list, on every rank.
std::vector<std::uint32_t> list_of_first(MPI_Comm comm, std::vector<std::uint32_t> list);

/// Name and version of the MPI library.
std::string mpi_library();

}  // namespace ksweep
