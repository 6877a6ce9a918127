#include "run/run_end.h"

#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "base/process.h"
#include "run/launch.h"
#include "run/provenance.h"
#include "run/require_threads.h"
#include "run/signals.h"
#include "run/stop_cause.h"
#include "run/text.h"

namespace ksweep {
namespace {

/// Returns whether anything was finished or saved in this run.
bool has_advanced(const Ending& ending) {
  namespace fs = std::filesystem;
  std::error_code none;
  for (const char* name : {"trials", "checkpoints"}) {
    fs::recursive_directory_iterator entry(ending.store.folder() / name, none);
    for (; !none && entry != fs::recursive_directory_iterator(); entry.increment(none))
      if (entry->is_regular_file(none) && entry->last_write_time(none) >= ending.begin) return true;
  }
  return false;
}

/// Returns the final message of a run with work left, and what stopped it.  If nothing could be saved within
/// the limit, it would stop the same command again.
std::string words_of_stop(const Ending& ending) {
  const std::string command = command_text(ending.n_ranks), &limit = ending.limit.cause();
  if (!ending.signal.empty() || limit.empty()) return stopped_text(command, ending.signal, ending.from_pipe);
  if (has_advanced(ending)) return stopped_text(command, limit, ending.from_pipe);
  const std::string cause = "stopped by " + limit + " before anything could be finished or saved: ";
  if (ending.limit.is_given())
    return cause + "the same limit would stop it again. To go on without it:\n" +
           without_time_limit(command) + "\n";
  return cause + "`" + shell_command({program_word(), "plan"}) +
         "` shows how much time a job needs. To go on, in a longer one:\n" + command + "\n";
}

/// A training with non-finite numbers would fail again; one that ran out of memory may succeed.
std::string words_of_failures(const RunBook& book, const std::string& command) {
  const ResultTable::Failures failures = book.results().failures();
  const double n = static_cast<double>(book.results().count(Status::failed)),
               n_of_it = static_cast<double>(failures.n_of_it);
  std::string text = count_text(n, "trial") + " failed" +
                     (n_of_it < n ? ", " + whole_text(n_of_it) + " of them alike" : "") + ": " +
                     failures.commonest_reason + ". The report lists the reason of each.\n";
  if (!failures.may_succeed)
    return text + "Trained again, they would fail again: change what the reason names. Then go on:\n" +
           command + "\n";
  const std::string retry = "--retry-failed";
  return text + "To try them again:\n" +
         (command.find(retry) == std::string::npos ? command + " " + retry : command) + "\n";
}

std::string end_text(const RunBook& book, RunEnd end, const Ending& ending) {
  std::string text = fmt::format("results: {}\nreport:  {}\n", book.publisher().sweep_file().string(),
                                 shell_command({program_word(), "report", ending.store.folder().string()}));
  if (book.race())
    if (const std::string sentence = book.race()->end_sentence(); !sentence.empty()) text += sentence + "\n";
  const std::string command = command_text(ending.n_ranks);
  if (book.too_many_failed())
    return text +
           "more trials failed than --max-failures allows, so the others were not begun. To go on with "
           "them:\n" +
           command + "\n";
  if (end == RunEnd::stopped) return text + words_of_stop(ending);
  return book.results().count(Status::failed) > 0 ? text + words_of_failures(book, command) : text;
}

/// Returns whether a supervisor will print the text.  Without one there is no file, and a folder on another
/// node is not seen from here.
bool left_to_supervisor(const std::string& text) {
  const char* path = std::getenv(last_words_variable);
  return path && (std::ofstream(path) << text << std::flush).good();
}

}  // namespace

std::string cause_of_supervisor() {
  const char* path = std::getenv(stopped_by_variable);
  std::string text;
  if (path) std::getline(std::ifstream(path), text);
  return text;
}

void print_cpu_time_is_spent(int rank) {
  std::fprintf(stderr,
               "ksweep: rank %d has used nearly all of the %s of CPU time that a process may have here "
               "(ulimit -t), so the run stops in good order. The same command goes on, with as much again; "
               "to get further at once, raise the limit.\n",
               rank, duration_text(cpu_time_limit_s()).c_str());
}

void print_end(const RunBook& book, RunEnd end, const Ending& ending) {
  const std::string text = end_text(book, end, ending);
  if (left_to_supervisor(text)) return;
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

}  // namespace ksweep
