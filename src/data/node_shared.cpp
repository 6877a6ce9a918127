#include "data/node_shared.h"

#include <fmt/core.h>
#include <sys/resource.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <limits>
#include <thread>
#include <vector>

#include "base/errors.h"
#include "base/host.h"
#include "data/generated_set.h"
#include "data/stored_set.h"

namespace ksweep {
namespace {

constexpr std::size_t alignment = 64;

class Communicator {
 public:
  explicit Communicator(MPI_Comm raw) : raw_(raw) {}
  ~Communicator() {
    if (raw_ != MPI_COMM_NULL) MPI_Comm_free(&raw_);
  }
  Communicator(const Communicator&) = delete;
  Communicator& operator=(const Communicator&) = delete;
  operator MPI_Comm() const { return raw_; }

 private:
  MPI_Comm raw_;
};

int rank_in(MPI_Comm comm) {
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  return rank;
}

/// A barrier for waits of seconds: MPI_Barrier would keep every waiting core busy.
void wait_asleep(MPI_Comm comm) {
  MPI_Request request;
  MPI_Ibarrier(comm, &request);
  for (int done = 0; MPI_Test(&request, &done, MPI_STATUS_IGNORE), !done;)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

MPI_Comm split_by_node(MPI_Comm world) {
  MPI_Comm node = MPI_COMM_NULL;
  MPI_Comm_split_type(world, MPI_COMM_TYPE_SHARED, rank_in(world), MPI_INFO_NULL, &node);
  return node;
}

/// Returns a communicator of the first rank of each node; MPI_COMM_NULL on all others.
MPI_Comm split_first_ranks(MPI_Comm world, bool is_first) {
  MPI_Comm first = MPI_COMM_NULL;
  MPI_Comm_split(world, is_first ? 0 : MPI_UNDEFINED, rank_in(world), &first);
  return first;
}

/// Broadcasts any number of bytes, although MPI's counts have 32 bits.
void broadcast_bytes(void* bytes, std::size_t count, MPI_Comm comm, int from = 0) {
  constexpr std::size_t chunk = std::size_t{1} << 28;
  for (std::size_t done = 0; done < count; done += chunk)
    MPI_Bcast(static_cast<char*>(bytes) + done, static_cast<int>(std::min(chunk, count - done)), MPI_BYTE,
              from, comm);
}

void broadcast_text(std::string& text, MPI_Comm comm, int from = 0) {
  std::uint64_t size = text.size();
  MPI_Bcast(&size, 1, MPI_UINT64_T, from, comm);
  text.resize(size);
  broadcast_bytes(text.data(), size, comm, from);
}

/// Broadcasts all members of a Dataset except the arrays.  Returns whether it has a mean.
bool broadcast_facts(Dataset& dataset, MPI_Comm comm) {
  for (std::string* text : {&dataset.name, &dataset.content_hash, &dataset.source})
    broadcast_text(*text, comm);
  std::array<std::uint64_t, 11> facts{std::uint64_t(dataset.shape.channels),
                                      std::uint64_t(dataset.shape.height),
                                      std::uint64_t(dataset.shape.width),
                                      std::uint64_t(dataset.n_classes),
                                      dataset.endless,
                                      dataset.n_train,
                                      dataset.n_test,
                                      std::uint64_t(dataset.n_true),
                                      dataset.mean != nullptr,
                                      std::bit_cast<std::uint32_t>(dataset.factor),
                                      std::bit_cast<std::uint64_t>(dataset.scale)};
  MPI_Bcast(facts.data(), int(facts.size()), MPI_UINT64_T, 0, comm);
  dataset.shape = {int(facts[0]), int(facts[1]), int(facts[2])};
  dataset.n_classes = int(facts[3]);
  dataset.endless = facts[4] != 0;
  dataset.n_train = facts[5];
  dataset.n_test = facts[6];
  dataset.n_true = int(facts[7]);
  dataset.factor = std::bit_cast<float>(std::uint32_t(facts[9]));
  dataset.scale = std::bit_cast<double>(facts[10]);
  return facts[8] != 0;
}

/// The arrays of a Dataset in one block of memory, each on a 64-byte line.
struct Layout {
  std::array<std::size_t, 6> sizes,
      starts;  ///< bytes: training samples, test samples, the labels of each, true directions, mean
  std::size_t total = 0;
  Layout(const Dataset& dataset, bool has_mean) {
    const auto width = static_cast<std::size_t>(dataset.n_inputs()) * sizeof(float);
    const std::size_t label = dataset.n_classes > 0 ? sizeof(std::int32_t) : 0;
    const std::size_t sample = dataset.streamed ? 0 : width;
    sizes = {dataset.n_train * sample,
             dataset.n_test * sample,
             dataset.n_train * label,
             dataset.n_test * label,
             static_cast<std::size_t>(dataset.n_true) * width,
             has_mean ? width : 0};
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      starts[i] = total;
      total += (sizes[i] + alignment - 1) / alignment * alignment;
    }
  }
};

std::byte* aligned(std::byte* memory) {
  const auto address = reinterpret_cast<std::uintptr_t>(memory);
  return memory + (alignment - address % alignment) % alignment;
}

void copy_into(std::byte* block, const Layout& layout, const Dataset& dataset) {
  const std::array<const void*, 6> parts{dataset.train_samples, dataset.test_samples,    dataset.train_labels,
                                         dataset.test_labels,   dataset.true_directions, dataset.mean};
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (layout.sizes[i] > 0) std::memcpy(block + layout.starts[i], parts[i], layout.sizes[i]);
}

void point_into(Dataset& dataset, const std::byte* block, const Layout& layout,
                std::shared_ptr<const void> owner) {
  const auto floats = [&](std::size_t part) {
    return layout.sizes[part] == 0 ? nullptr : reinterpret_cast<const float*>(block + layout.starts[part]);
  };
  const auto labels = [&](std::size_t part) -> const std::int32_t* {
    return layout.sizes[part] == 0 ? nullptr
                                   : reinterpret_cast<const std::int32_t*>(block + layout.starts[part]);
  };
  dataset.train_samples = floats(0);
  dataset.test_samples = floats(1);
  dataset.train_labels = labels(2);
  dataset.test_labels = labels(3);
  dataset.true_directions = floats(4);
  dataset.mean = floats(5);
  dataset.owner = std::move(owner);
}

/// MPI calls this at the start of MPI_Finalize, on every rank, while MPI is still usable.
int free_window(MPI_Comm, int, void* window, void*) {
  const std::unique_ptr<MPI_Win> owned(static_cast<MPI_Win*>(window));
  return MPI_Win_free(owned.get());
}

/// Freeing a window is collective: if each rank's last Dataset did it, a rank that destroys its Dataset
/// early, say because of an error, would wait for the others for ever.  All ranks reach MPI_Finalize.
void free_at_finalize(MPI_Win window) {
  int key = MPI_KEYVAL_INVALID;
  MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, free_window, &key, nullptr);
  MPI_Comm_set_attr(MPI_COMM_SELF, key, new MPI_Win(window));
  MPI_Comm_free_keyval(&key);
}

/// Allocates memory that all ranks of the node see; the first rank owns it.  `window` is open for access on
/// return.
std::byte* allocate_shared(MPI_Comm node, std::size_t n_bytes, MPI_Win& window) {
  std::byte* memory = nullptr;
  const MPI_Aint size = rank_in(node) == 0 ? static_cast<MPI_Aint>(n_bytes + alignment) : 0;
  MPI_Win_allocate_shared(size, 1, MPI_INFO_NULL, node, &memory, &window);
  MPI_Aint size_of_first = 0;
  int unit = 0;
  MPI_Win_shared_query(window, 0, &size_of_first, &unit, &memory);
  MPI_Win_lock_all(MPI_MODE_NOCHECK, window);
  return aligned(memory);
}

void publish(MPI_Win window, MPI_Comm node) {
  MPI_Win_sync(window);
  MPI_Barrier(node);
  MPI_Win_sync(window);
  MPI_Win_unlock_all(window);
}

/// Open MPI allocates shared memory in /dev/shm, and a process that writes beyond its free space dies of
/// SIGBUS.  Containers often have 64 MB there.  It is a file, so `ulimit -f` limits its size, too.
bool shared_memory_has_room(std::size_t n_bytes) {
  rlimit largest{};
  if (::getrlimit(RLIMIT_FSIZE, &largest) == 0 && largest.rlim_cur < n_bytes + (std::size_t{1} << 20))
    return false;
  struct statvfs room;
  if (statvfs("/dev/shm", &room) != 0) return true;  // Open MPI then uses a file in its session folder
  return room.f_bavail * room.f_frsize > n_bytes + (std::size_t{1} << 20);
}

/// Opens samples that are streamed, on all ranks.  Throws on every rank if one cannot open them.
void open_everywhere(Dataset& dataset, MPI_Comm world) {
  std::string description = dataset.streamed ? dataset.streamed->description : "";
  broadcast_text(description, world);
  if (description.empty()) return;
  dataset.is_streamed = true;
  std::string fault;
  try {
    if (!dataset.streamed)
      dataset.streamed =
          std::visit([](const auto& set) { return open_parts(set); }, described_set(description));
  } catch (const UserError& error) {
    fault = fmt::format("{}: {}", host_name(), error.what());
  }
  int rank = rank_in(world), first = 0;
  const int faulty = fault.empty() ? std::numeric_limits<int>::max() : rank;
  MPI_Allreduce(&faulty, &first, 1, MPI_INT, MPI_MIN, world);
  if (first == std::numeric_limits<int>::max()) return;
  broadcast_text(fault, world, first);
  throw UserError(fault);
}

/// Copies rank 0's data set into memory shared by each node, or into each rank's own memory if the node has
/// no room.
void spread(Dataset& dataset, bool has_mean, MPI_Comm world) {
  const Layout layout(dataset, has_mean);
  const Communicator node(split_by_node(world));
  const bool is_first = rank_in(node) == 0;
  const Communicator first_ranks(split_first_ranks(world, is_first));

  int shared = is_first && shared_memory_has_room(layout.total);
  MPI_Bcast(&shared, 1, MPI_INT, 0, node);
  MPI_Win window = MPI_WIN_NULL;
  std::shared_ptr<std::vector<std::byte>> own;
  std::byte* block = nullptr;
  if (shared) {
    block = allocate_shared(node, layout.total, window);
  } else {
    own = std::make_shared<std::vector<std::byte>>(layout.total + alignment);
    block = aligned(own->data());
    if (is_first)
      std::fprintf(
          stderr,
          "%s: /dev/shm has too little room to share the data set (%zu MB): every rank keeps its own "
          "copy. Enlarge it (docker run --shm-size=2g), or allow larger files (ulimit -f), to save memory.\n",
          host_name().c_str(), layout.total >> 20);
  }
  if (rank_in(world) == 0) copy_into(block, layout, dataset);
  if (is_first) broadcast_bytes(block, layout.total, first_ranks);
  if (shared) {
    publish(window, node);
    free_at_finalize(window);
  } else {
    broadcast_bytes(block, layout.total, node);
  }
  point_into(dataset, block, layout, std::move(own));
}

}  // namespace

Dataset load_once_per_node(MPI_Comm world, const std::function<Dataset()>& load) {
  int n_ranks = 1;
  MPI_Comm_size(world, &n_ranks);
  if (n_ranks == 1) return load();

  Dataset dataset;
  std::string error;
  if (rank_in(world) == 0) {
    try {
      dataset = load();
    } catch (const UserError& fault) {
      error = fault.what();
    } catch (const std::exception& fault) {
      error = fmt::format("the data set cannot be loaded ({}): no trial can run. Free some memory.",
                          fault.what());
    }
  }
  wait_asleep(world);
  broadcast_text(error, world);
  if (!error.empty()) throw UserError(error);
  const bool has_mean = broadcast_facts(dataset, world);
  open_everywhere(dataset, world);
  spread(dataset, has_mean, world);
  return dataset;
}

}  // namespace ksweep
