#include "schedule/post.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "schedule/wait.h"

namespace ksweep {
namespace {

/// MPI tag reserved for Post.
constexpr int tag = 7001;

/// Header of a message; the text of the fault, of n_fault bytes, and the detail follow.  All ranks run the same program on the same kind of machine.
struct Wire {
  Say say;
  std::uint32_t job, n_done, n_failed, stopped, ranks_lost, n_fault;
  std::int32_t lender;
  ExitCode fault_code;
  double seconds, progress;
};

std::vector<char> packed(const Message& message) {
  const std::string fault = message.fault.text.substr(0, longest_fault);
  const std::string detail = message.detail.size() <= longest_detail ? message.detail : "";
  const Wire wire{message.say,
                  message.job,
                  message.n_done,
                  message.n_failed,
                  message.stopped,
                  message.ranks_lost,
                  static_cast<std::uint32_t>(fault.size()),
                  message.lender,
                  message.fault.code,
                  message.seconds,
                  message.progress};
  std::vector<char> bytes(sizeof wire);
  std::memcpy(bytes.data(), &wire, sizeof wire);
  bytes.insert(bytes.end(), fault.begin(), fault.end());
  bytes.insert(bytes.end(), detail.begin(), detail.end());
  return bytes;
}

Message unpacked(const std::vector<char>& bytes, int from) {
  assert(bytes.size() >= sizeof(Wire));
  Wire wire;
  std::memcpy(&wire, bytes.data(), sizeof wire);
  const auto begin = bytes.begin() + sizeof wire, middle = begin + wire.n_fault;
  return {wire.say,
          from,
          wire.job,
          wire.n_done,
          wire.n_failed,
          wire.stopped,
          wire.ranks_lost,
          wire.lender,
          wire.seconds,
          wire.progress,
          {wire.fault_code, {begin, middle}},
          {middle, bytes.end()}};
}

}  // namespace

Post::Post(MPI_Comm world) : world_(world) {
  MPI_Comm_rank(world, &rank_);
  MPI_Comm_size(world, &n_ranks_);
}

void Post::send(int to, const Message& message) {
  forget_sent();
  Sending& sending = sending_.emplace_back(Sending{packed(message), MPI_REQUEST_NULL});
  MPI_Isend(sending.bytes.data(), static_cast<int>(sending.bytes.size()), MPI_BYTE, to, tag, world_,
            &sending.request);
}

void Post::forget_sent() {
  std::erase_if(sending_, [](Sending& sending) {
    int complete = 0;
    MPI_Test(&sending.request, &complete, MPI_STATUS_IGNORE);
    return complete != 0;
  });
}

std::optional<Message> Post::receive() {
  int present = 0;
  MPI_Status status;
  MPI_Iprobe(MPI_ANY_SOURCE, tag, world_, &present, &status);
  if (!present) return {};
  int size = 0;
  MPI_Get_count(&status, MPI_BYTE, &size);
  std::vector<char> bytes(size);
  MPI_Recv(bytes.data(), size, MPI_BYTE, status.MPI_SOURCE, tag, world_, MPI_STATUS_IGNORE);
  return unpacked(bytes, status.MPI_SOURCE);
}

void Post::close() {
  for (Sending& sending : sending_) sleep_until_complete(sending.request);
  sending_.clear();
  sleeping_barrier(world_);
}

void Post::abandon() {
  // MPI may still read messages that were not received, so they must outlive this object.
  new std::list<Sending>(std::move(sending_));
}

}  // namespace ksweep
