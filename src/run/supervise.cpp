#include "run/supervise.h"

#include <fmt/core.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/errors.h"
#include "base/host.h"
#include "base/process.h"
#include "run/awake.h"
#include "run/child.h"
#include "run/launch.h"
#include "run/progress.h"
#include "run/relay.h"
#include "run/require_threads.h"
#include "run/restarts.h"
#include "run/run_lock.h"
#include "run/scratch_folder.h"
#include "run/signals.h"
#include "run/stop_cause.h"
#include "run/text.h"
#include "store/status_file.h"
#include "sweep/read_sweep.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto look_interval = 50ms;
constexpr double seconds_between_looks = 1;
// A stop takes seconds.  Ranks that have not ended by then are killed.
constexpr double patience_with_stop_s = 30;
constexpr double patience_with_the_last_s = 3;
// Time by which mpirun has started all processes.
constexpr double patience_with_launch_s = 5;
// Output before the sweep begins may be repeated by the next attempt, so it is kept back for at most this
// time.
constexpr double longest_hold_s = 20;
constexpr auto patience_with_reader = 2s;
// mpirun's pipes to the ranks, with a margin.
constexpr int files_of_ranks = 48;

// Lines of mpirun that repeat what this program reports.
const std::vector<std::string> launcher_chatter{"PMIX ERROR: ", "mpirun: Forwarding signal "};

/// Prints a message, in place of rank 0's progress line on a terminal.
void say(const std::string& text) {
  std::fprintf(stderr, "%sksweep: %s\n", terminal_columns(stderr) ? erase_line : "", text.c_str());
}

std::string columns_for_ranks() {
  const auto columns = terminal_columns(stderr);
  return columns ? std::to_string(*columns) : "";
}

/// Returns the status that ranks of this start have written, if any.
std::optional<SweepStatus> status_of(const fs::path& path, const std::string& attempt) {
  try {
    const SweepStatus status = read_status(path);
    if (status.attempt == attempt) return status;
  } catch (const std::exception&) {
    // The file is absent or cannot be read at the moment.
  }
  return std::nullopt;
}

bool is_here(const SweepStatus& of_rank_0) { return of_rank_0.host == host_name(); }

/// Returns whether mpirun starts all ranks as its own children.
bool on_one_node(const RunOptions& options) {
  const char* nodes = std::getenv("SLURM_JOB_NUM_NODES");
  return options.mpirun.find("host") == std::string::npos && (!nodes || std::string(nodes) == "1");
}

/// Folders for temporary files of the ranks, removed even if the ranks are killed.
class RunFolders {
 public:
  /// Ranks on other nodes cannot use these folders.
  explicit RunFolders(bool on_one_node)
      : temporary_(temporary_folder()),
        shared_(on_one_node ? ScratchFolder::below("/dev/shm") : std::nullopt),
        on_one_node_(on_one_node) {}
  std::vector<std::pair<std::string, std::string>> environment() const {
    const auto shared = shared_ ? shared_->path() : fs::path();
    return on_one_node_ ? launch_environment(temporary_.path(), shared) : launch_environment("", "");
  }
  /// Returns the file to which rank 0, which runs on this host, writes the exit code of an error: mpirun's
  /// own does not contain it.
  fs::path refusal() const { return temporary_.path() / "refusal"; }
  /// Returns the file that names what stopped the supervisor, for rank 0, which only gets the signal passed
  /// on.
  fs::path stopped_by() const { return temporary_.path() / "stopped-by"; }
  /// Returns the file to which rank 0 writes the final message.
  fs::path last_words() const { return temporary_.path() / "last-words"; }

 private:
  ScratchFolder temporary_;
  std::optional<ScratchFolder> shared_;
  bool on_one_node_;
};

/// One launch of the ranks, from start to end.
class Attempt {
 public:
  /// may_be_told_again: the next attempt would repeat the messages of a failure before the sweep has begun.
  Attempt(const RunOptions& options, std::string name, const std::vector<std::string>& words,
          const std::vector<std::pair<std::string, std::string>>& environment, const std::atomic<bool>& stop,
          std::atomic<bool>& suspension, const RunFolders& folders, bool may_be_told_again)
      : status_path_(status_path(options.output, options.shard.suffix())),
        patience_s_(options.hang_after_s),
        n_ranks_(static_cast<std::size_t>(*options.n_ranks)),
        all_here_(on_one_node(options)),
        name_(std::move(name)),
        stop_(stop),
        suspension_(suspension),
        folders_(folders),
        child_(words, environment, output_.entrance(), errors_.entrance()) {
    for (Relay* stream : {&output_, &errors_}) {
      stream->close_entrance();
      stream->hold(may_be_told_again);
    }
  }

  /// Waits until all processes have ended.  Returns mpirun's exit code.
  int watch() {
    while (!child_.exit_code()) {
      if (suspension_.exchange(false)) suspend_with_descendants();
      now_s_ = awake_.seconds();
      pass_on_stop();
      if (n_children_ == 0) n_children_ = children_of(child_.pid()).size();
      if (now_s_ >= next_look_s_) look_after();
      relay();
      std::this_thread::sleep_for(look_interval);
    }
    kill_descendants();
    return *child_.exit_code();
  }

  /// Prints the rest of the output, or discards what was kept back if the next attempt will repeat it.
  void finish_output(bool will_be_repeated) {
    for (Relay* stream : {&output_, &errors_})
      if (will_be_repeated || (given_up_ && stream == &output_))
        stream->discard();
      else
        stream->finish(patience_with_reader);
  }

  bool was_given_up() const { return given_up_; }

  /// Throws UserError if the ranks' output could not be written.
  void check_output() const {
    if (output_.fault() != 0)
      throw UserError(
          std::string("standard output: cannot be written (") + std::strerror(output_.fault()) +
          "): not all of what was to be shown has arrived. Send it elsewhere, or free some space; results "
          "are not concerned.");
  }

  std::optional<SweepStatus> status() const { return status_of(status_path_, name_); }

 private:
  void relay() {
    if (now_s_ > longest_hold_s || (begun_ && !given_up_))
      for (Relay* stream : {&output_, &errors_}) stream->hold(false);
    errors_.move();
    if (given_up_)
      output_.discard();  // the ranks take the end for a stop, and print how to continue
    else
      output_.move();
  }

  void pass_on_stop() {
    if (stop_ && !stopped_at_s_) {
      stopped_at_s_ = now_s_;
      say("asked to stop by " + stop_signal_text() + ".");
      std::ofstream(folders_.stopped_by()) << stop_signal_text() << std::flush;
      child_.signal(SIGUSR1);  // mpirun passes it to all ranks, and continues
    }
    if (stopped_at_s_ && now_s_ - *stopped_at_s_ > patience_with_stop_s) end_it();
  }

  void look_after() {
    next_look_s_ = now_s_ + seconds_between_looks;
    const auto status = this->status();
    begun_ = begun_ || status;
    if (status && status->state != "running") return wait_for_the_last();
    if (status && is_dead(*status)) {
      // The others notice it, too, and leave by themselves, unless they are waiting for it inside MPI.
      if (!last_word_at_s_ && !given_up_) say("rank 0 has died.");
      return wait_for_the_last();
    }
    if (!status && fs::exists(folders_.refusal())) return wait_for_the_last();
    if (!status && a_rank_died_early()) {
      say("a rank died before the sweep had begun: the others, which would wait for it for ever, are ended.");
      kill_descendants();
      return;
    }
    const double updated = status ? status->updated_unix_s : 0;
    if (updated != last_update_) silent_since_s_ = now_s_;
    last_update_ = updated;
    // The status is rewritten at intervals, which are no silence.  Before the first one, reading data may
    // take long.
    const double patience_s = status ? patience_s_ + 2 * status_interval_s : 10 * patience_s_;
    const double silent_s = now_s_ - silent_since_s_;
    if (patience_s_ > 0 && silent_s > patience_s) give_up(status, silent_s);
  }

  /// Detects a rank that died in MPI_Init or another collective call, before there is anything to save.
  bool a_rank_died_early() {
    const std::size_t n_children = children_of(child_.pid()).size();
    n_children_ = std::max(n_children_, n_children);
    if (all_here_ && now_s_ > patience_with_launch_s) n_children_ = n_ranks_;
    n_looks_without_ = n_children < n_children_ ? n_looks_without_ + 1 : 0;
    return n_looks_without_ > 1;
  }

  static bool is_dead(const SweepStatus& of_rank_0) {
    return is_here(of_rank_0) && !process_lives(static_cast<long>(of_rank_0.pid));
  }

  /// Rank 0 has ended or died; a rank that hangs would keep mpirun running for ever.
  void wait_for_the_last() {
    if (!last_word_at_s_) last_word_at_s_ = now_s_;
    if (now_s_ - *last_word_at_s_ > patience_with_the_last_s) kill_descendants();
  }

  void give_up(const std::optional<SweepStatus>& status, double silent_s) {
    if (!given_up_)
      say((status ? "rank 0 (process " + whole_text(status->pid) + " on " + status->host + ") has"
                  : std::string("the ranks, which have not begun the sweep yet, have")) +
          " given no sign of life for " + duration_text(silent_s) + ": the ranks are ended.");
    given_up_ = true;
    // Once rank 0 is killed, the others save their trainings and leave.  mpirun would send all of them the
    // signal by which users stop them, and rank 0 would resume.
    if (status && is_here(*status) && status->pid > 0)
      ::kill(static_cast<pid_t>(status->pid), SIGKILL);
    else
      end_it();
  }

  /// Ends the ranks in good order first, then by force.
  void end_it() {
    if (!ended_at_s_) {
      ended_at_s_ = now_s_;
      child_.signal(SIGTERM);
    } else if (now_s_ - *ended_at_s_ > patience_with_stop_s) {
      kill_descendants();
    }
  }

  fs::path status_path_;
  double patience_s_;
  std::size_t n_ranks_;
  bool all_here_;
  std::string name_;
  const std::atomic<bool>& stop_;
  std::atomic<bool>& suspension_;
  const RunFolders& folders_;
  Relay output_{STDOUT_FILENO, launcher_chatter}, errors_{STDERR_FILENO, launcher_chatter};
  Child child_;
  AwakeClock awake_;
  double now_s_ = 0, next_look_s_ = 0, silent_since_s_ = 0;
  std::optional<double> stopped_at_s_, ended_at_s_, last_word_at_s_;
  double last_update_ = 0;
  std::size_t n_children_ = 0;
  int n_looks_without_ = 0;
  bool begun_ = false, given_up_ = false;
};

std::optional<int> code_in(const fs::path& refusal) {
  int code = 0;
  return std::ifstream(refusal) >> code ? std::optional(code) : std::nullopt;
}

/// Returns the command line of a rank: the same as this one, since the environment marks it as a rank.
std::vector<std::string> words_of_rank(const std::vector<std::string>& words) {
  std::vector<std::string> own{fs::read_symlink("/proc/self/exe").string()};
  own.insert(own.end(), words.begin() + 1, words.end());
  return own;
}

/// Returns the command line for a single process.
std::vector<std::string> words_without_ranks(const std::vector<std::string>& words) {
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--ranks" || words[i] == "-n" || words[i] == "--mpirun")
      ++i;
    else if (!words[i].starts_with("--ranks=") && !words[i].starts_with("--mpirun="))
      kept.push_back(words[i]);
  }
  return kept;
}

/// Returns the text of the sweep file, which all attempts share.  Throws UserError, also if the sweep is
/// invalid.
std::string checked_sweep_text(const RunOptions& options) {
  constexpr std::size_t most_bytes = 120'000;  // limit of one environment variable, with a margin
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

/// Waits for ranks on other nodes, which end a little after mpirun and still hold the folder's lock.
void wait_for_folder(const RunOptions& options, const std::atomic<bool>& stop) {
  for (int i = 0; i < 300 && !stop && is_locked(options.output, options.shard); ++i)
    std::this_thread::sleep_for(look_interval);
}

void wait_before(int n_fruitless, const std::atomic<bool>& stop) {
  const auto end = Clock::now() + 200ms * (1 << std::min(n_fruitless, 7));
  while (Clock::now() < end && !stop) std::this_thread::sleep_for(look_interval);
}

/// Open MPI's shared files would end the ranks by SIGXFSZ, or leave them unconnected.
void require_room_for_shared_files() {
  constexpr double largest_bytes = 16e6;
  rlimit limit{};
  if (::getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
  if (static_cast<double>(limit.rlim_cur) >= largest_bytes) return;
  throw EnvironmentError(
      "files may have no more than " + bytes_text(static_cast<double>(limit.rlim_cur)) +
      " here (ulimit -f): ranks talk through shared files of several MB, so they cannot start. Allow " +
      bytes_text(largest_bytes) + ", or leave out --ranks.");
}

int give_up(const std::string& command, int code) {
  say("the ranks ended with " + std::to_string(code) + " " + std::to_string(Restarts::most_fruitless) +
      " times in a row and nothing was finished or saved in between: something other than a single trial "
      "is wrong. The messages above may say why; `" +
      shell_command({program_word(), "plan"}) +
      "` shows how much memory a rank needs. What is finished is kept.");
  std::printf("To go on:\n%s\n", command.c_str());
  return static_cast<int>(ExitCode::crashed);
}

int stopped_without_a_word(const RunOptions& options, const std::string& command) {
  std::fputs(stopped_text(command, stop_signal_text(), !fs::is_regular_file(options.sweep)).c_str(), stdout);
  return static_cast<int>(ExitCode::stopped);
}

/// Prints the final message that rank 0 left in the file.  Returns whether there was one.
bool print_last_words(const fs::path& file) {
  std::ostringstream words;
  words << std::ifstream(file).rdbuf();
  std::fputs(words.str().c_str(), stdout);
  return !words.str().empty();
}

int give_up_before_the_beginning(const std::vector<std::string>& words, int code) {
  say("the ranks ended with " + std::to_string(code) +
      " before the sweep had begun, and did so again: what mpirun, MPI or the system says of it stands "
      "above. Mend that, or use one process alone, which needs no mpirun:");
  std::fprintf(stderr, "%s\n", shell_command(words_without_ranks(words)).c_str());
  return static_cast<int>(code < Restarts::first_of_a_signal ? ExitCode::environment : ExitCode::crashed);
}

/// Starts all ranks, again and again, until they have ended for good.
class Supervisor {
 public:
  Supervisor(const RunOptions& options, const std::vector<std::string>& words, const std::atomic<bool>& stop,
             std::atomic<bool>& suspension)
      : options_(options),
        words_(words),
        stop_(stop),
        suspension_(suspension),
        sweep_text_(checked_sweep_text(options)),
        mpirun_(find_mpirun()),
        folders_(on_one_node(options)),
        command_(shell_command(words)),
        launch_(
            launch_words(mpirun_, *options.n_ranks, split_at_blanks(options.mpirun), words_of_rank(words))) {}

  /// Starts them for the nth time and waits for their end.  Returns the exit code of `ksweep run`; nothing if
  /// they are to be started again.
  std::optional<int> start_ranks(int n) {
    const Advance before = advance_in(options_.output);
    std::error_code none;
    for (const fs::path& of_the_last : {folders_.refusal(), folders_.last_words()})
      fs::remove(of_the_last, none);
    const std::string name = fmt::format("{}.{}", ::getpid(), n);
    Attempt attempt(options_, name, launch_, environment(name), stop_, suspension_, folders_, !ever_begun_);
    const int code = attempt.watch();
    const auto status = attempt.status();
    ever_begun_ = ever_begun_ || status;
    if (const auto result = verdict({code_in(folders_.refusal()), status, attempt.was_given_up(), stop_})) {
      attempt.finish_output(false);
      attempt.check_output();
      // A rank 0 on another node has printed its final message.
      const bool has_said_its_end = print_last_words(folders_.last_words()) ||
                                    (status && std::isfinite(status->exit_code) && !is_here(*status));
      if (*result == static_cast<int>(ExitCode::stopped) && !has_said_its_end)
        return stopped_without_a_word(options_, command_);
      return result;
    }
    if (const auto result = give_up_if_hopeless(attempt, code, before)) return result;
    if (ever_begun_)
      say(fmt::format("the ranks ended with {}: they are started again, and go on with what is finished.",
                      code));
    wait_for_folder(options_, stop_);
    wait_before(restarts_.n_fruitless(), stop_);
    if (stop_) return stopped_without_a_word(options_, command_);
    return std::nullopt;
  }

 private:
  std::vector<std::pair<std::string, std::string>> environment(const std::string& name) const {
    auto environment = folders_.environment();
    environment.insert(environment.end(), {{attempt_variable, name},
                                           {command_variable, command_},
                                           {sweep_variable, sweep_text_},
                                           {terminal_variable, columns_for_ranks()},
                                           {survivors_variable, mpirun_.keeps_survivors ? "1" : ""},
                                           {refusal_variable, folders_.refusal()},
                                           {stopped_by_variable, folders_.stopped_by()},
                                           {last_words_variable, folders_.last_words()}});
    return environment;
  }

  /// Returns the exit code if these ranks are not to be started again.
  std::optional<int> give_up_if_hopeless(Attempt& attempt, int code, const Advance& before) {
    const auto then = restarts_.after_crash(code, ever_begun_, advance_in(options_.output) != before);
    attempt.finish_output(!ever_begun_ && then != Restarts::Then::never_begins);
    if (then == Restarts::Then::never_begins) return give_up_before_the_beginning(words_, code);
    if (then == Restarts::Then::gets_nowhere) return give_up(command_, code);
    return std::nullopt;
  }

  const RunOptions& options_;
  const std::vector<std::string>& words_;
  const std::atomic<bool>& stop_;
  std::atomic<bool>& suspension_;
  const std::string sweep_text_;
  const Mpirun mpirun_;
  const RunFolders folders_;
  const std::string command_;
  const std::vector<std::string> launch_;
  Restarts restarts_;
  bool ever_begun_ = false;
};

}  // namespace

bool is_supervised() { return std::getenv(attempt_variable) != nullptr; }

int supervise(const RunOptions& options, const std::vector<std::string>& words) {
  const std::atomic<bool>& stop = catch_stop_signals();
  note_senders();
  std::atomic<bool>& suspension = catch_suspension();
  provide_home();
  require_open_files(files_of_ranks);
  require_room_for_shared_files();
  adopt_orphans();
  Supervisor supervisor(options, words, stop, suspension);
  for (int n = 1;; ++n)
    if (const auto code = supervisor.start_ranks(n)) return *code;
}

}  // namespace ksweep
