#include "cli/supervise.h"

#include <unistd.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "cli/run_lock.h"
#include "cli/text.h"
#include "core/errors.h"
#include "core/host.h"
#include "core/process.h"
#include "schedule/child.h"
#include "schedule/launch.h"
#include "schedule/signals.h"
#include "store/status_file.h"
#include "sweep/sweep.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// A crash after crash in which nothing was finished or saved: more than a trial is set aside after (RunBook).
constexpr int most_fruitless = 7;
constexpr auto look_interval = 50ms;
constexpr auto status_interval = 1s;
// A stop takes seconds.  Ranks that have not managed it by then are ended.
constexpr auto patience_with_stop = 30s;
constexpr auto patience_with_the_last = 3s;
// mpirun has started all processes by then.
constexpr auto patience_with_launch = 5s;

void say(const std::string& text) { std::fprintf(stderr, "ksweep: %s\n", text.c_str()); }

/// The status that ranks of this start have written, if any.
std::optional<SweepStatus> status_of(const fs::path& path, const std::string& attempt) {
  try {
    const SweepStatus status = read_status(path);
    if (status.attempt == attempt) return status;
  } catch (const std::exception&) {
    // None yet, or not to be read at the moment.
  }
  return std::nullopt;
}

/// Something that grows when trials are finished or saved: their number, and the latest change of a checkpoint.
struct Advance {
  std::size_t n_trials = 0;
  fs::file_time_type last_checkpoint = fs::file_time_type::min();
  bool operator==(const Advance&) const = default;
};

Advance advance_in(const fs::path& folder) {
  Advance advance;
  std::error_code none;
  const auto each_file = [&](const char* name, auto use) {
    auto entry = fs::recursive_directory_iterator(folder / name, none);
    for (; !none && entry != fs::recursive_directory_iterator(); entry.increment(none)) use(*entry);
  };
  each_file("trials", [&](const auto& entry) { advance.n_trials += entry.path().extension() == ".h5"; });
  each_file("checkpoints", [&](const auto& entry) {
    const auto time = entry.last_write_time(none);
    if (!none) advance.last_checkpoint = std::max(advance.last_checkpoint, time);
  });
  return advance;
}

/// Whether mpirun starts all ranks as its own children.
bool on_one_node(const RunOptions& options) {
  const char* nodes = std::getenv("SLURM_JOB_NUM_NODES");
  return options.mpirun.find("host") == std::string::npos && (!nodes || std::string(nodes) == "1");
}

/// One start of the ranks, from its beginning to its end.
class Attempt {
 public:
  Attempt(const RunOptions& options, std::string name, const std::vector<std::string>& words,
          const std::vector<std::pair<std::string, std::string>>& environment, const std::atomic<bool>& stop)
      : status_path_(status_path(options.output, options.shard.suffix())),
        patience_s_(options.hang_after_s),
        n_ranks_(static_cast<std::size_t>(*options.n_ranks)),
        all_here_(on_one_node(options)),
        name_(std::move(name)),
        stop_(stop),
        child_(words, environment) {}

  /// Until all processes are gone.  Returns mpirun's exit code.
  int watch() {
    while (!child_.exit_code()) {
      pass_on_stop();
      if (n_children_ == 0) n_children_ = children_of(child_.pid()).size();
      if (Clock::now() >= next_look_) look_after();
      std::this_thread::sleep_for(look_interval);
    }
    kill_descendants();
    return *child_.exit_code();
  }

  bool any_rank_seen() const { return n_children_ > 0 || status().has_value(); }

  std::optional<SweepStatus> status() const { return status_of(status_path_, name_); }

 private:
  void pass_on_stop() {
    if (stop_ && !stopped_at_) {
      stopped_at_ = Clock::now();
      child_.signal(SIGUSR1);  // mpirun passes it to all ranks, and lives on
    }
    if (stopped_at_ && Clock::now() - *stopped_at_ > patience_with_stop) end_it();
  }

  void look_after() {
    next_look_ = Clock::now() + status_interval;
    const auto status = this->status();
    if (status && status->state != "running") return wait_for_the_last();
    if (status && is_dead(*status)) {
      // The others notice it too, and leave by themselves, unless they are waiting for it in the midst of MPI.
      if (!last_word_at_) say("rank 0 has died.");
      return wait_for_the_last();
    }
    if (!status && a_rank_died_early()) {
      say("a rank died before the sweep had begun: the others, which would wait for it for ever, are ended.");
      kill_descendants();
      return;
    }
    const double updated = status ? status->updated_unix_s : 0;
    if (updated != last_update_) silent_since_ = Clock::now();
    last_update_ = updated;
    const double patience_s = status ? patience_s_ : 10 * patience_s_;  // reading data may take long
    const double silent_s = std::chrono::duration<double>(Clock::now() - silent_since_).count();
    if (patience_s > 0 && silent_s > patience_s)
      give_up(
          "rank 0" +
          (status ? " (process " + whole_text(status->pid) + " on " + status->host + ")" : std::string()) +
          " has given no sign of life for " + duration_text(silent_s));
  }

  /// In MPI_Init and what else all ranks do together, before there is anything to save.
  bool a_rank_died_early() {
    const std::size_t n_children = children_of(child_.pid()).size();
    n_children_ = std::max(n_children_, n_children);
    if (all_here_ && Clock::now() - begin_ > patience_with_launch) n_children_ = n_ranks_;
    n_looks_without_ = n_children < n_children_ ? n_looks_without_ + 1 : 0;
    return n_looks_without_ > 1;
  }

  static bool is_dead(const SweepStatus& of_rank_0) {
    return of_rank_0.host == host_name() && !process_lives(static_cast<long>(of_rank_0.pid));
  }

  /// Rank 0 has written its last word, or died; a rank that hangs would keep mpirun for ever.
  void wait_for_the_last() {
    if (!last_word_at_) last_word_at_ = Clock::now();
    if (Clock::now() - *last_word_at_ > patience_with_the_last) kill_descendants();
  }

  void give_up(const std::string& why) {
    if (!given_up_) say(why + ": the ranks are ended.");
    given_up_ = true;
    end_it();
  }

  /// First in good order, then not.
  void end_it() {
    if (!ended_at_) {
      ended_at_ = Clock::now();
      child_.signal(SIGTERM);
    } else if (Clock::now() - *ended_at_ > patience_with_stop) {
      kill_descendants();
    }
  }

  fs::path status_path_;
  double patience_s_;
  std::size_t n_ranks_;
  bool all_here_;
  std::string name_;
  const std::atomic<bool>& stop_;
  Child child_;
  std::optional<Clock::time_point> stopped_at_, ended_at_, last_word_at_;
  Clock::time_point begin_ = Clock::now(), next_look_ = begin_, silent_since_ = next_look_;
  double last_update_ = 0;
  std::size_t n_children_ = 0;
  int n_looks_without_ = 0;
  bool given_up_ = false;
};

/// A file name for rank 0, which runs on this host: mpirun's own exit code says nothing of an error.
class RefusalFile {
 public:
  ~RefusalFile() {
    std::error_code none;
    fs::remove(path_, none);
  }
  const std::string& path() const { return path_; }
  std::optional<int> code() const {
    int code = 0;
    return std::ifstream(path_) >> code ? std::optional(code) : std::nullopt;
  }

 private:
  std::string path_ = fs::temp_directory_path() / ("ksweep-refusal." + std::to_string(::getpid()));
};

/// What `ksweep run` returns for ranks that have ended that way; nothing if they crashed.
std::optional<int> verdict(const std::optional<int>& refusal, const std::optional<SweepStatus>& status,
                           bool stop_requested) {
  const auto of = [](ExitCode exit) { return static_cast<int>(exit); };
  if (status && std::isfinite(status->exit_code)) {
    const int said = static_cast<int>(status->exit_code);
    const bool only_lost_ranks = said == of(ExitCode::stopped) && status->ranks_lost > 0 && !stop_requested;
    return only_lost_ranks ? std::nullopt : std::optional(said);
  }
  if (stop_requested) return of(ExitCode::stopped);
  return refusal;  // also where the fault that it tells of kept the status from being written
}

/// The command of a rank: the same, which the environment tells that it is one.
std::vector<std::string> words_of_rank(const Arguments& words) {
  std::vector<std::string> own{fs::read_symlink("/proc/self/exe").string()};
  own.insert(own.end(), words.begin() + 1, words.end());
  return own;
}

/// The sweep file's text, which all starts of the ranks share.  Throws UserError, also for a file that is wrong.
std::string checked_sweep_text(const RunOptions& options) {
  constexpr std::size_t most_bytes = 120'000;  // of one variable of the environment, less a margin
  const std::string text = read_sweep_text(options.sweep);
  (void)read_sweep(options.sweep, options.overrides, text);
  if (text.size() > most_bytes)
    throw UserError(options.sweep.string() + ": has " + std::to_string(text.size()) +
                    " bytes: --ranks hands a sweep file of at most " + std::to_string(most_bytes) +
                    " to the ranks. Write lists as ranges, or start the ranks by mpirun -n " +
                    std::to_string(*options.n_ranks) + " without --ranks.");
  return text;
}

std::vector<std::string> split_at_blanks(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

/// Ranks on other nodes end a little after mpirun; the next ones need the folder for themselves.
void wait_for_folder(const RunOptions& options) {
  for (int i = 0; i < 300 && is_locked(options.output, options.shard); ++i) std::this_thread::sleep_for(50ms);
}

void wait_before(int n_fruitless, const std::atomic<bool>& stop) {
  const auto end = Clock::now() + 200ms * (1 << std::min(n_fruitless, 7));
  while (Clock::now() < end && !stop) std::this_thread::sleep_for(look_interval);
}

int give_up(const std::string& command, int code) {
  say("the ranks ended with " + std::to_string(code) + " " + std::to_string(most_fruitless) +
      " times in a row and nothing was finished or saved in between: something other than a single trial is "
      "wrong. "
      "The messages above may tell; `ksweep plan` tells how much memory a rank needs. What is finished is "
      "kept.");
  std::printf("To go on:\n%s\n", command.c_str());
  return static_cast<int>(ExitCode::crashed);
}

int stopped_without_a_word(const std::string& command) {
  std::fputs(stopped_text(command).c_str(), stdout);
  return static_cast<int>(ExitCode::stopped);
}

}  // namespace

bool is_supervised() { return std::getenv(attempt_variable) != nullptr; }

int supervise(const RunOptions& options, const Arguments& words) {
  const std::atomic<bool>& stop = catch_stop_signals();
  const std::string sweep_text = checked_sweep_text(options);
  const Mpirun mpirun = find_mpirun();
  adopt_orphans();
  const std::string command = shell_command(words);
  const auto launch =
      launch_words(mpirun, *options.n_ranks, split_at_blanks(options.mpirun), words_of_rank(words));
  int n_fruitless = 0, n_without_ranks = 0;
  bool ranks_ever_seen = false;
  for (int n = 1;; ++n) {
    const Advance before = advance_in(options.output);
    const std::string name = std::to_string(::getpid()) + "." + std::to_string(n);
    std::vector<std::pair<std::string, std::string>> environment{{attempt_variable, name},
                                                                 {command_variable, command},
                                                                 {sweep_variable, sweep_text}};
    environment.emplace_back(survivors_variable, mpirun.keeps_survivors ? "1" : "");
    const RefusalFile refusal;
    environment.emplace_back(refusal_variable, refusal.path());
    Attempt attempt(options, name, launch, environment, stop);
    const int code = attempt.watch();
    const auto status = attempt.status();
    if (const auto result = verdict(refusal.code(), status, stop)) {
      if (*result == static_cast<int>(ExitCode::stopped) && !(status && std::isfinite(status->exit_code)))
        return stopped_without_a_word(command);
      return *result;
    }
    ranks_ever_seen = ranks_ever_seen || attempt.any_rank_seen();
    // Once may be a signal that came early; killed, mpirun says nothing of its options; and where ranks have run, a
    // node may have been lost.
    const bool refused_by_mpirun = code < 128 && !ranks_ever_seen;
    n_without_ranks = refused_by_mpirun ? n_without_ranks + 1 : 0;
    if (n_without_ranks > 2) return static_cast<int>(ExitCode::environment);  // mpirun has said why
    n_fruitless = advance_in(options.output) == before ? n_fruitless + 1 : 0;
    if (n_fruitless >= most_fruitless) return give_up(command, code);
    say("the ranks ended with " + std::to_string(code) +
        ": they are started again, and go on with what is finished.");
    wait_for_folder(options);
    wait_before(n_fruitless, stop);
    if (stop) return stopped_without_a_word(command);
  }
}

}  // namespace ksweep
