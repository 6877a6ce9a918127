#include <csignal>

#include "base/errors.h"
#include "base/standard_streams.h"
#include "cli/commands.h"
#include "cli/data.h"
#include "cli/data_activations.h"
#include "cli/data_export.h"
#include "cli/export_weights.h"
#include "cli/options.h"
#include "cli/plan.h"
#include "cli/prune.h"
#include "cli/report.h"
#include "cli/results.h"
#include "cli/status.h"
#include "cli/verify.h"
#include "run/report_errors.h"
#include "run/run.h"
#include "run/spinning.h"
#include "run/supervise.h"

namespace {

using namespace ksweep;

/// Returns a command that parses its options and then runs, unless only help was requested.
template <class Parse, class Carry>
auto command(Parse parse, Carry carry_out) {
  return [=](const Arguments& arguments) {
    const auto options = parse(arguments);
    return options ? carry_out(*options) : static_cast<int>(ExitCode::done);
  };
}

}  // namespace

int main(int argc, char** argv) {
  untie_main_thread();
  std::signal(SIGXFSZ, SIG_IGN);  // a write beyond `ulimit -f` then fails, as on a full disk
  const auto run = [argc, argv](const RunOptions& options) {
    if (options.n_ranks && !is_supervised()) return supervise(options, Arguments(argv, argv + argc));
    set_up_openmp(argv);
    return run_command(options);
  };
  const auto verify = [argv](const VerifyOptions& options) {
    set_up_openmp(argv);
    return verify_command(options);
  };
  const auto activations = [argv](const DataActivationsOptions& options) {
    set_up_openmp(argv);
    return data_activations_command(options);
  };
  const Command data_commands[] = {
      {"info", "describe any readable data set", command(parse_data_info, data_info_command)},
      {"digits", "write the built-in data set as IDX files", command(parse_data_digits, data_digits_command)},
      {"export", "write a data set's prepared samples as NPY arrays",
       command(parse_data_export, data_export_command)},
      {"activations", "write activations of a trained network as a data set",
       command(parse_data_activations, activations)},
  };
  const auto data = [&](const Arguments& arguments) {
    return dispatch("ksweep data", data_commands, arguments);
  };
  const Command commands[] = {
      {"run", "train what is missing of a sweep", command(parse_run, run)},
      {"plan", "show the trials, their memory and time; train nothing", command(parse_plan, plan_command)},
      {"status", "show how far a sweep is", command(parse_status, status_command)},
      {"report", "write the report of a sweep: figures, tables, one page that needs no network",
       report_command},
      {"merge", "make one sweep file out of several", command(parse_merge, merge_command)},
      {"verify", "check all records, train a sample again, compare bit for bit",
       command(parse_verify, verify)},
      {"export", "write the table of trials as CSV", command(parse_export, export_command)},
      {"prune", "remove finished trials that the last grid does not ask for",
       command(parse_prune, prune_command)},
      {"weights", "write a trained autoencoder for SAELens, sparsify and others",
       command(parse_weights, weights_command)},
      {"data", "describe data sets, write the built-in one, export prepared samples or activations", data},
  };
  occupy_standard_streams();
  return report_errors([&] {
    const int code = dispatch("ksweep", commands, Arguments(argv + 1, argv + argc));
    check_standard_output();
    return code;
  });
}
