#pragma once

#include <mpi.h>

#include <functional>

#include "data/dataset.h"

namespace ksweep {

/// Loads a data set with one copy per node.  Calls `load` on rank 0 of `world` only; the content is broadcast
/// to one rank per node, and the node's other ranks map the same memory.  An error on rank 0 is thrown on
/// every rank.  Collective over `world`.
Dataset load_once_per_node(MPI_Comm world, const std::function<Dataset()>& load);

}  // namespace ksweep
