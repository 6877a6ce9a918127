#pragma once

#include <mpi.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ksweep {

/// Returns the smallest of all ranks' numbers.  Collective, like all functions here.
int least_of_all(MPI_Comm comm, int number);

/// Returns each rank's text, by rank, cut after 255 bytes.
std::vector<std::string> texts_of_all(MPI_Comm comm, const std::string& text);

/// Returns the node of each rank, identified by the lowest rank on it.
std::vector<int> node_of_each(MPI_Comm comm);

/// Returns rank 0's list on every rank.
std::vector<std::uint32_t> list_of_first(MPI_Comm comm, std::vector<std::uint32_t> list);

/// Returns name and version of the MPI library.
std::string mpi_library();

}  // namespace ksweep
