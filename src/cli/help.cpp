#include "cli/help.h"

#include <fmt/core.h>

#include <algorithm>
#include <sstream>
#include <vector>

#include "base/build_info.h"
#include "core/trial_keys.h"
#include "sweep/entries.h"
#include "sweep/values.h"

namespace ksweep {

const HelpPage run_page{"ksweep run", "SWEEP [options]",
                        R"(Trains every trial of a sweep file that has no result yet, probes the features it
learned, and keeps all results in one folder. SWEEP is a text file like those in
jobs/; `ksweep plan SWEEP` shows what it would do, `ksweep plan --keys` explains
its keys.

It uses one process as it is. With --ranks it starts several by mpirun and looks
after them: when one dies the others go on, when all do they are started again, one
that hangs is given up, and a trial that kills its rank five times is not tried again.
Under mpirun or srun of your own it uses their ranks as they are.

It may be stopped at any moment, even killed: run the same command again, and only
what is missing is trained, a trial in training from its last checkpoint on. A grown
grid trains only what is new. What a changed grid no longer asks for is kept, and left
out of reports (ksweep prune removes it); another sweep's folder is refused. TERM,
INT, HUP, USR1 or USR2 stops it in good order within seconds, a second one of the same
kind at once; it stops by itself before the end of its Slurm job.
)",
                        R"(In the output folder:
  sweep.h5     every number, for analysis; `ksweep report DIR` shows them
  trials/      one file per finished trial
  checkpoints/ the state of trials in training
  status.json  what `ksweep status` reads

Examples:
  ksweep run jobs/main.cfg
  ksweep run jobs/mnist-k.cfg --ranks 8 --set train.epochs=20 --set train.seed=0..9
  mpirun -n 8 ksweep run jobs/mnist-k.cfg

Exit codes: 0 all trials done; 1 wrong usage, sweep file or data; 2 finished, but
some trials failed; 3 unfit environment; 70 the ranks died again and again, and
nothing was finished in between; 75 stopped in good order with work left (a signal,
a time limit, the end of the CPU time that ulimit -t allows); 79 a mistake in ksweep
itself.
)"};

const HelpPage plan_page{"ksweep plan", "SWEEP [options]",
                         R"(Shows what `ksweep run` would do with a sweep file: how many trials, which of them
are stored already, memory, predicted time, and the matching command and lines of a
Slurm batch script. It trains nothing and writes nothing.

Trials that are stored in the output folder tell what work takes, and the times are
predicted from that: run a few, then plan again. Without any, the times are those of
one core of an AMD EPYC with AVX-512. Wall times are of the schedule, simulated.

Without --ranks it chooses ranks and threads for this machine, or for one of --cores
and --memory, and says why. Two threads make a trial 1.85 times as fast as one, as
measured; for more, Amdahl's law is assumed (4: 3.2 times, 8: 5.1 times).
)",
                         R"(Examples:
  ksweep plan jobs/mnist-k.cfg --ranks 8
  ksweep plan jobs/mnist-k.cfg --set model.k=5..50:5 --list
  ksweep plan jobs/mnist-k.cfg --cores 64 --memory 256
  ksweep plan jobs/mnist-k.cfg --rates     what a unit of each kind of work takes
  ksweep plan --keys                       all keys of a sweep file
  ksweep plan --keys model.k               this one

Exit codes: 0 the sweep can be run; 1 wrong usage, sweep file or data.
)"};

const HelpPage status_page{"ksweep status", "DIR|FILE [options]",
                           R"(Shows how far a sweep is: trials done, running, failed and left, the rate, the
predicted time left (of the schedule, simulated, with costs that the finished trials
tell) and the best trial so far. DIR is the output folder of
`ksweep run`, results/NAME by default. It works while the sweep runs, from any
machine that sees the folder, and disturbs nothing. It never says "running" of a sweep
whose process is gone, or on another machine whose status no longer changes.
Of a FILE, the sweep.h5 of a finished sweep wherever it is, it shows the table. Tables
are of the grid that was run last, with --all of all trials in the folder.
)",
                           R"(Examples:
  ksweep status results/mnist-k
  ksweep status results/mnist-k --table
  ksweep status jobs/published/paper-mnist.h5

Exit codes: 0 the state could be read, whatever it is; 1 wrong usage, or no sweep
in DIR.
)"};

const HelpPage merge_page{"ksweep merge", "DIR... --output FILE [options]",
                          R"(Makes one sweep file out of several, for example of two machines that each ran a
part. Each DIR is a result folder, of which sweep.h5 is taken, or a sweep file.
A trial that several of them hold must have the same numbers in all; if not, the
first difference is reported and nothing is written.
)",
                          R"(Example:
  ksweep merge results/mnist-k /mnt/other/results/mnist-k --output all.h5

Exit codes: 0 merged; 1 wrong usage, unreadable files or conflicting results.
)"};

const HelpPage verify_page{
    "ksweep verify", "DIR [options]",
    R"(Checks a results folder. Of every file in trials/: whether its checksum, its name
and the trial that it names belong together. Of sweep.h5: whether its checksum is
right and each of its trials says what the trial's record says. Then a sample of the
trials is trained again, with the instruction set that each was trained with, and
every reproducible number and the weights' checksum are compared bit for bit. The
sample is chosen by the hash of --seed and the trial's id: it looks random, and
everybody who asks again gets the same. It is of the grid that was run last, with
--all of all trials. It changes nothing.
)",
    R"(Examples:
  ksweep verify results/main
  ksweep verify results/mnist-k --sample 10 --seed 1 --data-dir /data

Exit codes: 0 all is as it should be; 1 wrong usage, or the data are not there to
train on; 2 faults were found, each of which is listed.
)"};

const HelpPage export_page{"ksweep export", "FILE --csv OUT [options]",
                           R"(Writes the table of trials of a sweep file as CSV: one row per trial, one column
per key and per measured number, with a header line. FILE is a sweep.h5 or a result
folder. Trials are those of the grid that was run last; --all adds the others.
)",
                           R"(Example:
  ksweep export results/mnist-k/sweep.h5 --csv trials.csv

Exit codes: 0 written; 1 wrong usage or an unreadable file.
)"};

const HelpPage prune_page{
    "ksweep prune", "DIR [options]",
    R"(Removes finished trials that the grid which was run last into a results folder does
not ask for, and checkpoints of such. Runs with another --set or a changed sweep file
leave them: they are kept, with in_grid = 0 in sweep.h5, until this command. It lists
each. To keep what several grids ask for, run the largest of them first.
)",
    R"(Examples:
  ksweep prune results/mnist-k --dry-run
  ksweep prune results/mnist-k

Exit codes: 0 removed, or nothing to remove; 1 wrong usage, or a run is at work.
)"};

const HelpPage weights_page{"ksweep weights",
                            "RESULTS --trial ID|--best --format NAME --output DIR [options]",
                            R"(Writes the weights of one trained autoencoder for other programs. They must be
stored, which results.save = weights asks for. NAME is one of

  sae-lens     cfg.json and sae_weights.safetensors, for SAELens 6: of kinds that keep
               the k largest (topk), of jump-relu, batch-topk and
               matryoshka-batch-topk (jumprelu, by their thresholds), of others
               (standard)
  sparsify     cfg.json and sae.safetensors, for EleutherAI's sparsify: of kinds that
               keep the k largest
  safetensors  config.json and weights.safetensors, with ksweep's own names: encoder,
               decoder, hidden_bias, visible_bias, thresholds

What data.scale and data.normalise = scale did to the samples is folded in: the files
are for samples as those of the data set hold them, and give reconstructions in their
unit, the same L0 and the same fraction of variance unexplained. Codes are in the unit
of the samples, too; the configuration says by which number (code_unit) they are to be
multiplied to be those of the sweep. It also has all keys of the trial, where it comes
from, and the L0 and variance unexplained that were measured, to check by.

What a format cannot say is refused, and so is a DIR that is there already.
)",
                            R"(Examples:
  ksweep run jobs/activations.cfg --set results.save=weights
  ksweep weights results/activations --best --format sae-lens --output best-sae
  ksweep export results/activations --csv /dev/stdout | cut -d, -f1   # the ids
  ksweep weights results/activations --trial 3f9c --format sparsify --output sae-3f9c

Exit codes: 0 written; 1 wrong usage, no such trial, no weights, a network that the
format cannot say, or a folder that is there already or cannot be made.
)"};

const HelpPage data_info_page{
    "ksweep data info", "SET [options]",
    R"(Describes a data set as a sweep would see it: where it was found, shape and number
of samples, classes, range of values, and of activations their mean, norms and
outliers. SET is digits or superposition (built in), mnist, fashion, cifar10, norb, or
the path of a folder of IDX files or of CIFAR-10's or small NORB's files as published,
of an NPY, NPZ, HDF5 (file.h5:/group) or safetensors file (file.safetensors:name), or
of a folder of such files, the shards of a set. Sets are searched in --data-dir, then
in $KSWEEP_DATA, then in ~/.cache/ksweep.
)",
    R"(Examples:
  ksweep data info digits
  ksweep data info mnist --data-dir /data

Exit codes: 0 readable; 1 wrong usage or data.
)"};

const HelpPage data_digits_page{
    "ksweep data digits", "--output DIR [options]",
    R"(Writes the built-in data set as IDX files, the format of MNIST, for use elsewhere
or as a pattern for your own. The images are synthetic: drawn by a program, not by
people. Image n is the same however many are written.
)",
    R"(Example:
  ksweep data digits --output digits --train 10000 --test 1000

Exit codes: 0 written; 1 wrong usage or an unwritable folder.
)"};

const HelpPage data_export_page{
    "ksweep data export", "SET --npy --output DIR [options]",
    R"(Writes the samples of a data set as a sweep sees them, prepared by the keys of
[data], for use in Python and elsewhere: x_train.npy and x_test.npy, float32 (samples
x inputs), and if there are labels y_train.npy and y_test.npy, int32 (samples), the
numbers of the classes. classes.json lists the labels as the files hold them if they
are other than these numbers. SET is what data.set may be: `ksweep data info SET`
describes it.

x_train.npy holds what the validation part is split off; which rows these are depends
on train.seed (analysis/rederive.py tells). Of a generator and of patches it has as
many rows as data.train and data.validation ask for, of files all. x_test.npy has the
first data.test rows. Files that are there already are not replaced.
)",
    R"(Examples:
  ksweep data export mnist --npy --output mnist-arrays
  ksweep data export cifar10 --npy --output grey --set data.grey=yes --part test

Exit codes: 0 written; 1 wrong usage or data, an unwritable folder, or files that are
there already.
)"};

const HelpPage data_activations_page{
    "ksweep data activations", "RESULTS --trial ID --output DIR [options]",
    R"(Writes what a hidden layer of a trained network computes for all training and test
samples of the trial's data set, to train sparse autoencoders on: data.set = DIR reads
it. The weights must be stored, which results.save = weights asks for. The file,
DIR/activations.safetensors, holds x_train and x_test, float32 (samples x units), and
if there are labels y_train and y_test, int32, the numbers of the classes;
classes.json lists the labels as the data's files hold them if they are other than
these numbers.

Of a classifier any layer can be had: the last is that of its outputs, before a
softmax. Of an autoencoder, layer 1 is the code of the lowest encoder, layer 2 of the
next. All activations are written, also those that a sparsity rule would not keep (but
0 below the thresholds of jump-relu); the layers below keep what theirs keep when they
encode. Of a fine-tuned encoder the weights before fine-tuning are stored. Files that
are there already are not replaced.
)",
    R"(Examples:
  ksweep run jobs/classifier.cfg --set results.save=weights
  ksweep export results/classifier --csv /dev/stdout | cut -d, -f1   # the ids
  ksweep data activations results/classifier --trial 3f9c --output activations
  ksweep run jobs/activations.cfg --set data.set=activations

Exit codes: 0 written; 1 wrong usage or data, no such trial or layer, no weights, an
unwritable folder, or files that are there already.
)"};

namespace {

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size() + 1, width), ' ');
  return text;
}

/// Wraps `text` at `width` characters, and indents all lines but the first by `indent`.
std::string wrapped(const std::string& text, std::size_t width, std::size_t indent) {
  std::istringstream words(text);
  std::string lines;
  std::size_t length = 0;
  for (std::string word; words >> word; length += word.size() + 1) {
    if (length > 0 && length + word.size() > width) {
      lines.append("\n").append(indent, ' ');
      length = 0;
    }
    lines.append(length > 0 ? " " : "").append(word);
  }
  return lines;
}

/// The documentation of a key.
struct Explained {
  std::string name;      ///< full name
  std::string fallback;  ///< default value; empty: none
  std::string allowed, help;
  std::string since = {};  ///< version that added the key; empty: the first one

  std::string section() const {
    return name.substr(0, name.find('.') == std::string::npos ? 0 : name.find('.'));
  }
  std::string bare() const { return name.substr(name.find('.') + 1); }
};

/// Returns all keys in the order in which they are printed: the title, those of a trial, the others.
std::vector<Explained> explained_keys() {
  std::vector<Explained> all;
  for (const FileKey& key : file_keys()) all.push_back({key.name, "", key.form, key.help});
  std::vector<Explained> of_trials;
  for (const Key& key : trial_keys())
    of_trials.push_back(
        {key.full_name(), key.fallback, allowed_values(key), key.help, key.neutral.empty() ? "" : key.since});
  all.insert(all.begin() + 1, of_trials.begin(), of_trials.end());
  return all;
}

void add_key(std::string& text, const std::string& name, const Explained& key) {
  constexpr std::size_t indent = 26, width = 58;
  text.append(padded("  " + name, indent))
      .append(wrapped(key.help, width, indent))
      .append("\n")
      .append(indent, ' ')
      .append(wrapped((key.fallback.empty() ? "" : "default " + key.fallback + "; ") + key.allowed +
                          (key.since.empty() ? "" : "; since " + key.since),
                      width, indent))
      .append("\n");
}

constexpr const char* keys_most_set[] = {"data.set",    "model.kind",   "model.hidden", "model.k",
                                         "model.alpha", "train.epochs", "train.batch",  "train.learning_rate",
                                         "train.seed",  "probe.kind"};

void add_keys_most_set(std::string& text, const std::vector<Explained>& all) {
  text.append("\nThe keys that most sweeps set:\n");
  for (const char* name : keys_most_set) add_key(text, name, *std::ranges::find(all, name, &Explained::name));
}

void add_sections(std::string& text, const std::vector<Explained>& all) {
  std::string section = "none";
  for (const Explained& key : all) {
    if (const std::string its = key.section(); its != section) {
      section = its;
      text.append("\n").append(its.empty() ? "before any section" : "[" + its + "]").append("\n");
    }
    add_key(text, key.bare(), key);
  }
}

}  // namespace

std::string keys_text() {
  std::string text =
      R"(Keys of a sweep file. It is text: [section] lines, key = value lines, # comments.
A key of [data], [model], [train] or [probe] takes one value or several; a key with
several values is an axis of the grid, and the trials are the product of the axes:
  k = 10, 25, 40, 70               a list
  seed = 0..4                      a range, both ends included
  k = 10..100:10                   a range with a step
  sparsity_weight = 1e-4..1e-1*10  a geometric range: 1e-4, 1e-3, 1e-2, 1e-1
The same as --set section.key=values wins over the file.
A value that holds , # & or " or that begins or ends with a blank is put in quotes,
in the file and in --set; "" within them stands for one quote:
  set = "/d/C#/a.npz", mnist
  title = "Run #3"
A comment may follow a value; after a title or a path, blanks stand on both sides of
its #. The file is UTF-8.
)";
  const auto all = explained_keys();
  add_keys_most_set(text, all);
  text.append("\nAll keys, by section:\n");
  add_sections(text, all);
  return text;
}

std::string key_text(const std::string& name) {
  std::string text;
  for (const Explained& key : explained_keys())
    if (name == key.name || name == key.bare() || name == key.section()) add_key(text, key.name, key);
  if (text.empty()) refuse_unknown_key("--keys", name);
  return text;
}

std::string version_text() {
  const BuildInfo& build = build_info();
  return fmt::format("ksweep {}\ncommit    {}\ncompiler  {}\nflags     {}\n", build.version, build.commit,
                     build.compiler, build.flags);
}

}  // namespace ksweep
