#include "cli/options.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <iostream>
#include <sstream>

#include "base/errors.h"
#include "base/suggest.h"
#include "cli/help.h"
#include "cli/weight_formats.h"
#include "core/metrics.h"
#include "run/time_limit.h"

namespace ksweep {
namespace {

namespace po = boost::program_options;
using Described = po::options_description;
constexpr unsigned line_length = 84, text_length = 42;

[[noreturn]] void refuse(const HelpPage& page, const std::string& fault) {
  throw UserError("{} `{} --help` explains all options.", fault, page.command);
}

[[noreturn]] void refuse_unknown(const HelpPage& page, const std::string& name, const Described& options) {
  std::vector<std::string> known;
  for (const auto& option : options.options()) known.push_back("--" + option->long_name());
  const std::string near = nearest(name, known);
  refuse(page, fmt::format("there is no option {} of {}: what it should do is unknown.{}", name, page.command,
                           near.empty() ? "" : " Did you mean " + near + "?"));
}

void print_help(const HelpPage& page, const Described& options) {
  std::cout << "Usage: " << page.command << ' ' << page.usage << "\n\n"
            << page.purpose << '\n'
            << options << '\n'
            << page.ending;
}

/// Positional arguments after the command.
struct Words {
  std::vector<std::string> given;
  int most = 1;
};

/// Empty values come, for example, from unset shell variables.  Only --mpirun may be empty.
void refuse_empty_values(const po::parsed_options& parsed) {
  for (const auto& option : parsed.options)
    if (option.value.size() == 1 && option.value[0].empty() && option.string_key != "mpirun" &&
        option.string_key != "words")
      throw UserError("--{} has an empty value: it would do nothing. Give one, or leave it out.",
                      option.string_key);
}

po::variables_map parse_all(const Arguments& arguments, const Described& options, Words& words) {
  Described all;
  all.add(options);
  all.add_options()("words", po::value(&words.given));
  po::positional_options_description positional;
  if (words.most > 0) positional.add("words", words.most);
  po::variables_map values;
  using namespace po::command_line_style;
  const int style = default_style & ~allow_guessing;
  const auto parsed =
      po::command_line_parser(arguments).options(all).positional(positional).style(style).run();
  refuse_empty_values(parsed);
  po::store(parsed, values);
  po::notify(values);
  return values;
}

/// Parses into the targets of `options` and `words`.  Returns false if --help was given and the help page has
/// been printed.
bool parse(const HelpPage& page, const Arguments& arguments, Described options, Words& words) {
  options.add_options()("help,h", "print this page");
  try {
    const bool asked =
        std::ranges::any_of(arguments, [](const auto& word) { return word == "--help" || word == "-h"; });
    if (asked) {
      print_help(page, options);
      return false;
    }
    parse_all(arguments, options, words);
    return true;
  } catch (const po::unknown_option& error) {
    refuse_unknown(page, error.get_option_name(), options);
  } catch (const po::too_many_positional_options_error&) {
    refuse(page, fmt::format("{} was given too many words: what to do with them is unclear. Usage: {} {}.",
                             page.command, page.command, page.usage));
  } catch (const po::error& error) {
    refuse(page, std::string(error.what()) + ": the command is unclear.");
  }
}

auto* text(std::string& target, const char* name) { return po::value(&target)->value_name(name); }

/// Returns the semantics of an option whose value is a whole number in [least, most].
template <class Target>
auto* number(Target& target, const char* name, long least, long most, const char* option) {
  return po::value<long>()->value_name(name)->notifier([=, &target](long value) {
    if (value < least || value > most)
      throw UserError("{} {} is out of range: it is a number from {} to {}. Correct it.", option, value,
                      least, most);
    target = static_cast<std::remove_reference_t<decltype(target)>>(value);
  });
}

void add_data_dir(Described& options, std::string& target) {
  options.add_options()("data-dir", text(target, "DIR"),
                        "where mnist/, fashion/ and other sets lie ($KSWEEP_DATA, then ~/.cache/ksweep)");
}

void add_trial(Described& options, std::string& target) {
  options.add_options()("trial", text(target, "ID"),
                        "id of the trial, or so many of its first digits that no other begins with them");
}

/// Texts that become paths in SweepOptions after parsing: Program_options would cut paths at blanks.
struct SweepTexts {
  std::string output, data_dir;
};

void add_sweep_options(Described& options, SweepOptions& target, SweepTexts& texts) {
  options.add_options()("output,o", text(texts.output, "DIR"),
                        "folder of the results (results/NAME, NAME from SWEEP)");
  options.add_options()("set", po::value(&target.overrides)->composing()->value_name("KEY=VALUES"),
                        "override a key of the sweep file; may be repeated");
  add_data_dir(options, texts.data_dir);
}

void finish_sweep_options(const Words& words, const SweepTexts& texts, SweepOptions& target) {
  if (!words.given.empty()) target.sweep = words.given.front();
  target.output = texts.output;
  if (texts.output.empty()) target.output = std::filesystem::path("results") / target.sweep.stem();
  target.data_dir = texts.data_dir;
}

const std::string& the_word(const HelpPage& page, const Words& words, const char* what) {
  if (words.given.empty())
    refuse(page, fmt::format("{} was given no {}: there is nothing to work on. Usage: {} {}.", page.command,
                             what, page.command, page.usage));
  return words.given.front();
}

const std::string& the_option(const HelpPage& page, const std::string& value, const char* option,
                              const char* why) {
  if (value.empty()) refuse(page, fmt::format("{} is missing: {}.", option, why));
  return value;
}

double duration_given(const std::string& text) {
  if (const auto seconds = limit_given(text)) return *seconds;
  throw UserError(
      "--time-limit {} is no time: when to stop is unclear. Write minutes, hours:minutes:seconds or "
      "days-hours:minutes:seconds, as for sbatch; 0: no limit.",
      text);
}

void add_budget(Described& options, std::optional<double>& core_hours) {
  const auto take = [&core_hours](double value) {
    if (!(value > 0 && value <= 1e9))
      throw UserError("--budget {} is out of range: it is a number of core-hours above 0. Correct it.",
                      value);
    core_hours = value;
  };
  options.add_options()(
      "budget", po::value<double>()->value_name("CORE-HOURS")->notifier(take),
      "of a race ([grid] search = race): begin no new round once the rounds so far took this long (no limit)");
}

void add_memory(Described& options, std::optional<double>& gigabytes, const char* help) {
  const auto take = [&gigabytes](double value) {
    constexpr double least = 0.001, most = 1e6;
    if (!(value >= least && value <= most))
      throw UserError(
          "--memory {} is out of range: it is a number of gigabytes from {} to {:.0f}. Correct it.", value,
          least, most);
    gigabytes = value;
  };
  options.add_options()("memory", po::value<double>()->value_name("GB")->notifier(take), help);
}

}  // namespace

std::optional<RunOptions> parse_run(const Arguments& arguments) {
  RunOptions result;
  SweepTexts texts;
  Words words;
  Described options("Options", line_length, text_length);
  add_sweep_options(options, result, texts);
  options.add_options()("threads", number(result.threads, "N", 1, 4096, "--threads"),
                        "threads of each rank (OMP_NUM_THREADS, then the cores that the rank may use)");
  std::string isa;
  options.add_options()(
      "isa", text(isa, "NAME"),
      "instruction set of the kernels: portable, avx2, avx512 or neon (the best that all ranks have, and if it "
      "is avx512 the fastest of the next two); avx512bf16 or amx: the same bits as avx512, but the largest "
      "activations are found with bf16 products; "
      "naive: the plain formulas, to check the others by, slow");
  options.add_options()(
      "ranks,n", number(result.n_ranks, "N", 1, 1'000'000, "--ranks"),
      "start so many ranks by mpirun and look after them: after a crash they are started again");
  options.add_options()("mpirun", text(result.mpirun, "OPTIONS"),
                        "options of mpirun for these ranks, in one word: \"--map-by slot:PE=4\"");
  std::string time_limit;
  options.add_options()(
      "time-limit", text(time_limit, "TIME"),
      "stop in good order within this time, written as for sbatch --time; 0: no limit (what is left of "
      "the Slurm job)");
  options.add_options()("hang-after", number(result.hang_after_s, "SECONDS", 0, 1'000'000, "--hang-after"),
                        "a rank that gives no sign of life for longer is given up; 0: never (300)");
  add_budget(options, result.budget_core_hours);
  add_memory(
      options, result.memory_gb,
      "memory that the ranks of a node may use (what the system allows); samples that would take more than a quarter "
      "of it stay in their files");
  std::string shard;
  options.add_options()(
      "shard", text(shard, "I/N"),
      "train only part I of N; the others may run at the same time, on any machine that sees "
      "the folder");
  options.add_options()("max-failures", number(result.max_failures, "N", 0, 1'000'000'000, "--max-failures"),
                        "stop when more trials than this have failed in this run (go on with the others)");
  options.add_options()(
      "checkpoint-interval",
      number(result.checkpoint_interval_s, "SECONDS", 0, 1'000'000, "--checkpoint-interval"),
      "keep the state of a trial in training this often, to go on from after a crash (60); 0: only before a "
      "stop in good order");
  options.add_options()("retry-failed", po::bool_switch(&result.retry_failed), "train failed trials again");
  options.add_options()("quiet,q", po::bool_switch(&result.quiet), "show no progress");
  if (!parse(run_page, arguments, options, words)) return std::nullopt;
  the_word(run_page, words, "sweep file");
  if (!isa.empty()) result.isa = isa;
  if (!shard.empty()) result.shard = shard_from_text(shard);
  if (!time_limit.empty()) result.time_limit_s = duration_given(time_limit);
  finish_sweep_options(words, texts, result);
  return result;
}

std::optional<PlanOptions> parse_plan(const Arguments& arguments) {
  PlanOptions result;
  SweepTexts texts;
  Words words;
  Described options("Options", line_length, text_length);
  options.add_options()("ranks,n", number(result.n_ranks, "N", 1, 1'000'000, "--ranks"),
                        "predict the wall time on so many MPI ranks of one thread (ranks and threads are "
                        "chosen for this machine)");
  options.add_options()("cores", number(result.cores, "N", 1, 100'000, "--cores"),
                        "choose for a machine of so many cores (those that may be used here)");
  add_memory(options, result.memory_gb, "and of so much memory (what may be used here)");
  add_sweep_options(options, result, texts);
  options.add_options()("rates", po::bool_switch(&result.rates),
                        "show the cost model: what each kind of work takes");
  options.add_options()("list", po::bool_switch(&result.list), "list all trials, not only the first few");
  options.add_options()(
      "keys", po::bool_switch(&result.keys),
      "explain every key of a sweep file, or only the KEY (model.k) or section named in place of "
      "SWEEP, and end");
  if (!parse(plan_page, arguments, options, words)) return std::nullopt;
  if (!result.keys) the_word(plan_page, words, "sweep file");
  if (result.keys && !words.given.empty()) result.key = words.given.front();
  if (result.n_ranks && (result.cores || result.memory_gb))
    refuse(plan_page,
           "--ranks was given with --cores or --memory: ranks are either given or chosen for a machine. "
           "Leave one out.");
  finish_sweep_options(words, texts, result);
  return result;
}

std::optional<StatusOptions> parse_status(const Arguments& arguments) {
  StatusOptions result;
  Words words;
  Described options("Options", line_length, text_length);
  options.add_options()("table", po::bool_switch(&result.table),
                        "show accuracy against k, or the metric of the sweep, as a table and a plot");
  options.add_options()("metric", text(result.metric, "NAME"),
                        ("the same of another metric, of " + metric_names()).c_str());
  options.add_options()("all", po::bool_switch(&result.all),
                        "with trials that the grid which was run last does not ask for");
  if (!parse(status_page, arguments, options, words)) return std::nullopt;
  result.folder = the_word(status_page, words, "folder or sweep.h5");
  return result;
}

std::optional<MergeOptions> parse_merge(const Arguments& arguments) {
  std::string output;
  Words words{{}, -1};
  Described options("Options", line_length, text_length);
  options.add_options()("output,o", text(output, "FILE"), "sweep file to write");
  words.most = 1'000'000;
  if (!parse(merge_page, arguments, options, words)) return std::nullopt;
  the_word(merge_page, words, "result folder");
  the_option(merge_page, output, "--output FILE", "the merged sweep needs a name");
  return MergeOptions{{words.given.begin(), words.given.end()}, output};
}

std::optional<VerifyOptions> parse_verify(const Arguments& arguments) {
  VerifyOptions result;
  std::string data_dir;
  Words words;
  Described options("Options", line_length, text_length);
  options.add_options()("sample,n", number(result.sample, "N", 0, 1'000'000, "--sample"),
                        "train so many of the trials again (3); 0: check the files alone");
  options.add_options()("seed", number(result.seed, "N", 0, 1'000'000'000, "--seed"),
                        "choose other ones: the same number, the same trials (0)");
  options.add_options()("all", po::bool_switch(&result.all),
                        "choose also among trials that the grid which was run last does not ask for");
  options.add_options()("threads", number(result.threads, "N", 1, 4096, "--threads"),
                        "threads (the cores that may be used)");
  add_data_dir(options, data_dir);
  if (!parse(verify_page, arguments, options, words)) return std::nullopt;
  result.folder = the_word(verify_page, words, "results folder");
  result.data_dir = data_dir;
  return result;
}

std::optional<ExportOptions> parse_export(const Arguments& arguments) {
  std::string csv;
  bool all = false;
  Words words;
  Described options("Options", line_length, text_length);
  options.add_options()("csv", text(csv, "OUT"), "CSV file to write");
  options.add_options()(
      "all", po::bool_switch(&all),
      "with trials that the grid which was run last does not ask for, and a column in_grid");
  if (!parse(export_page, arguments, options, words)) return std::nullopt;
  return ExportOptions{the_word(export_page, words, "sweep file"),
                       the_option(export_page, csv, "--csv OUT", "the table needs a name"), all};
}

std::optional<PruneOptions> parse_prune(const Arguments& arguments) {
  PruneOptions result;
  Words words;
  Described options("Options", line_length, text_length);
  options.add_options()("dry-run", po::bool_switch(&result.dry_run),
                        "list what would be removed, and remove nothing");
  if (!parse(prune_page, arguments, options, words)) return std::nullopt;
  result.folder = the_word(prune_page, words, "results folder");
  return result;
}

std::optional<WeightsOptions> parse_weights(const Arguments& arguments) {
  WeightsOptions result;
  std::string output;
  Words words;
  Described options("Options", line_length, text_length);
  add_trial(options, result.trial);
  options.add_options()("best", po::bool_switch(&result.best),
                        "in place of --trial: the best on the validation part by the sweep's metric");
  options.add_options()("format", text(result.format, "NAME"),
                        ("whose files to write: " + joined(weight_format_names())).c_str());
  options.add_options()("output,o", text(output, "DIR"), "folder to make");
  if (!parse(weights_page, arguments, options, words)) return std::nullopt;
  result.folder = the_word(weights_page, words, "results folder");
  if (result.best == !result.trial.empty())
    refuse(weights_page,
           fmt::format("{} given: which network to take is unclear. Give one of them.",
                       result.best ? "--trial and --best were both" : "neither --trial nor --best was"));
  the_option(weights_page, result.format, "--format NAME", "which files to write is not said");
  result.output = the_option(weights_page, output, "--output DIR", "the files need a folder");
  return result;
}

std::optional<DataInfoOptions> parse_data_info(const Arguments& arguments) {
  std::string data_dir;
  Words words;
  Described options("Options", line_length, text_length);
  DataInfoOptions result;
  options.add_options()("data-dir", text(data_dir, "DIR"), "where mnist/, fashion/ and other sets lie");
  add_memory(options, result.memory_gb, "memory that may be used (what the system allows)");
  if (!parse(data_info_page, arguments, options, words)) return std::nullopt;
  result.set = the_word(data_info_page, words, "data set");
  result.data_dir = data_dir;
  return result;
}

std::optional<DataDigitsOptions> parse_data_digits(const Arguments& arguments) {
  std::string output;
  DataDigitsOptions result;
  Words words{{}, 0};
  Described options("Options", line_length, text_length);
  options.add_options()("output,o", text(output, "DIR"), "folder to write, made if it is not there");
  options.add_options()("train", number(result.n_train, "N", 1, 10'000'000, "--train"),
                        "training images (60000)");
  options.add_options()("test", number(result.n_test, "N", 1, 10'000'000, "--test"), "test images (10000)");
  if (!parse(data_digits_page, arguments, options, words)) return std::nullopt;
  result.output = the_option(data_digits_page, output, "--output DIR", "the files need a folder");
  return result;
}

std::optional<DataExportOptions> parse_data_export(const Arguments& arguments) {
  DataExportOptions result;
  std::string output, data_dir;
  bool npy = false;
  Words words;
  Described options("Options", line_length, text_length);
  options.add_options()("npy", po::bool_switch(&npy), "as NPY arrays, the only format so far");
  options.add_options()("output,o", text(output, "DIR"), "folder to write, made if it is not there");
  options.add_options()("set", po::value(&result.overrides)->composing()->value_name("KEY=VALUE"),
                        "a key of [data], such as data.grey=yes; may be repeated");
  options.add_options()("part", text(result.part, "PART"), "only this part, train or test (both)");
  add_data_dir(options, data_dir);
  add_memory(options, result.memory_gb, "memory that may be used (what the system allows)");
  if (!parse(data_export_page, arguments, options, words)) return std::nullopt;
  result.set = the_word(data_export_page, words, "data set");
  the_option(data_export_page, npy ? "npy" : "", "--npy", "in which format to write is not said");
  result.output = the_option(data_export_page, output, "--output DIR", "the arrays need a folder");
  result.data_dir = data_dir;
  if (!result.part.empty() && result.part != "train" && result.part != "test")
    refuse(
        data_export_page,
        fmt::format("--part {} is neither train nor test: which samples to write is unclear.", result.part));
  return result;
}

std::optional<DataActivationsOptions> parse_data_activations(const Arguments& arguments) {
  DataActivationsOptions result;
  std::string output, data_dir;
  Words words;
  Described options("Options", line_length, text_length);
  add_trial(options, result.trial);
  options.add_options()("layer", number(result.layer, "L", 1, 1000, "--layer"),
                        "hidden layer, counted from 1 at the inputs (the last one)");
  options.add_options()("output,o", text(output, "DIR"), "folder to write, made if it is not there");
  add_data_dir(options, data_dir);
  options.add_options()("threads", number(result.threads, "N", 1, 4096, "--threads"),
                        "threads (the cores that may be used)");
  add_memory(options, result.memory_gb, "memory that may be used (what the system allows)");
  if (!parse(data_activations_page, arguments, options, words)) return std::nullopt;
  result.folder = the_word(data_activations_page, words, "results folder");
  the_option(data_activations_page, result.trial, "--trial ID", "which network to take is not said");
  result.output = the_option(data_activations_page, output, "--output DIR", "the activations need a folder");
  result.data_dir = data_dir;
  return result;
}

}  // namespace ksweep
