#include "core/trial_keys.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/suggest.h"
#include "core/layer_sizes.h"

namespace ksweep {
namespace {

using Affects = Key::Affects;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr auto data = Affects::data;
constexpr auto training = Affects::training;
constexpr auto reading = Affects::reading;

constexpr const char* first_version = "0.1";

/// A key that the program did not have from the beginning.
Key added(std::string since, std::string neutral, Key key) {
  key.since = std::move(since);
  key.neutral = std::move(neutral);
  return key;
}

template <class Number>
Key number(std::string section, std::string name, Number Trial::*member, double lowest, double highest,
           std::string fallback, Affects affects, std::string units, std::string help) {
  const auto kind = std::is_integral_v<Number> ? Key::Kind::integer : Key::Kind::real;
  return {std::move(section),
          std::move(name),
          kind,
          {},
          lowest,
          highest,
          std::move(fallback),
          affects,
          std::move(units),
          std::move(help),
          first_version,
          {},
          [member](const Trial& trial) { return static_cast<double>(trial.*member); },
          [member](Trial& trial, double value) { trial.*member = static_cast<Number>(value); },
          {}};
}

template <class Enum>
Key choice(std::string section, std::string name, Enum Trial::*member, std::vector<std::string> choices,
           std::string fallback, std::string help, Affects affects = training) {
  const double highest = static_cast<double>(choices.size()) - 1;
  return {
      std::move(section),
      std::move(name),
      Key::Kind::choice,
      std::move(choices),
      0,
      highest,
      std::move(fallback),
      affects,
      "1",
      std::move(help),
      first_version,
      {},
      [member](const Trial& trial) { return static_cast<double>(static_cast<int>(trial.*member)); },
      [member](Trial& trial, double value) { trial.*member = static_cast<Enum>(static_cast<int>(value)); },
      {}};
}

Key text(std::string section, std::string name, Key::Kind kind, std::string Trial::*member,
         std::string fallback, std::string help, Affects affects = training) {
  return {std::move(section),
          std::move(name),
          kind,
          {},
          0,
          0,
          std::move(fallback),
          affects,
          "1",
          std::move(help),
          first_version,
          {},
          {},
          {},
          [member](Trial& trial) -> std::string& { return trial.*member; }};
}

/// Returns the names of all kinds of models.
std::vector<std::string> kind_names() {
  return {
#define RULE(enumerator, name, key, encodes, scope, help) name,
#include "core/sparsity_rules.def"
#undef RULE
      "rbm", "random", "raw", "classifier"};
}

std::vector<std::string> optimizer_names() {
  return {
#define OPTIMIZER(enumerator, name, moments, help) name,
#include "core/optimizers.def"
#undef OPTIMIZER
  };
}

std::string optimizers_help() {
  std::string help =
#define OPTIMIZER(enumerator, name, moments, help) name ": " help "; "
#include "core/optimizers.def"
#undef OPTIMIZER
      ;
  return help.substr(0, help.size() - 2);
}

std::vector<std::string> probe_names() {
  return {
#define PROBE(enumerator, name, keys, help) name,
#define FINE_TUNING PROBE
#include "core/probes.def"
#undef FINE_TUNING
#undef PROBE
  };
}

std::string probes_help() {
  std::string text;
#define PROBE(enumerator, name, keys, help) text.append(text.empty() ? "" : ", ").append(help);
#define FINE_TUNING(enumerator, name, keys, help) text.append("; " name ": " help);
#include "core/probes.def"
#undef FINE_TUNING
#undef PROBE
  return text;
}

std::string kinds_help() {
  return
#define RULE(enumerator, name, key, encodes, scope, help) name ": an autoencoder that " help "; "
#include "core/sparsity_rules.def"
#undef RULE
      "rbm: restricted Boltzmann machine of binary units, trained by contrastive divergence (Hinton 2002); "
      "random: untrained random weights; raw: the inputs themselves; classifier: dense layers trained on the "
      "labels";
}

// Largest integers, and largest seed: 2^53 - 1 is exact as a double and leaves the bits of the purpose free.
constexpr double int_max = std::numeric_limits<int>::max();
constexpr double seed_max = 9007199254740991.0;

std::vector<Key> data_keys() {
  return {
      text(
          "data", "set", Key::Kind::text, &Trial::data_set, "digits",
          "digits or superposition (built in), mnist, fashion, cifar10, norb, or a path to IDX files, NPY/NPZ, HDF5 or "
          "safetensors, or to a folder of shards"),
      number(
          "data", "train", &Trial::n_train, 0, int_max, "0", training, "1",
          "training samples after the validation part is split off; 0: all (built-in sets, patches: 50000)"),
      number("data", "validation", &Trial::n_validation, -1, int_max, "0", training, "1",
             "samples split off the training set, by seed; 0: a sixth of it (10,000 of MNIST's 60,000); "
             "-1: none (classifier only)"),
      number("data", "test", &Trial::n_test, 0, int_max, "0", training, "1",
             "test samples; 0: all (built-in sets, patches: 10000)"),
      choice("data", "test_part", &Trial::test_part, {"balanced", "last"}, "balanced",
             "of a set without one, a sixth of its samples: balanced: at random from every class, the same "
             "for all seeds; last: the last in file order (series in time)",
             data),
      number(
          "data", "scale", &Trial::scale, 0, infinity, "0", data, "1",
          "what all samples are divided by; 0: m, if all of the training file are whole numbers from 0 to m, "
          "whatever type they are stored as, else 1"),
      number("data", "patch", &Trial::patch, 0, 4096, "0", data, "pixel",
             "side of square patches cut from random places of the images, without labels; 0: whole images"),
      choice("data", "grey", &Trial::grey, {"no", "yes"}, "no",
             "yes: colour becomes grey, 0.299 red + 0.587 green + 0.114 blue (Rec. ITU-R BT.601)", data),
      choice(
          "data", "normalise", &Trial::normalise, {"none", "standardise", "contrast", "whiten", "scale"},
          "none",
          "standardise: each input over the training set, 0 where it is constant but for rounding "
          "(Makhzani & Frey 2014, NORB); contrast: each sample; whiten: contrast, then ZCA (Coates, Ng "
          "& Lee 2011); scale: the mean over the training set is subtracted, and one factor makes the mean norm "
          "sqrt(inputs) (activations of networks)",
          data),
      added(
          "0.2", "none",
          text(
              "data", "skip_positions", Key::Kind::text, &Trial::skipped_positions, "none",
              "of arrays (n, positions, inputs), whose positions become samples of their own: positions to leave "
              "out, from 0, as 0 or 0,1 (first tokens, which have outlying norms)",
              data)),
      added("0.2", "1024",
            number("data", "features", &Trial::true_features, 1, 1e6, "1024", data, "1",
                   "superposition: true directions of the generator")),
      added("0.2", "64",
            number("data", "dimensions", &Trial::dimensions, 1, 65536, "64", data, "1",
                   "superposition: inputs, fewer than features")),
      added("0.2", "10",
            number("data", "true_l0", &Trial::true_l0, 1e-3, 1e6, "10", data, "1",
                   "superposition: mean number of true directions in a sample")),
      added(
          "0.2", "0.5",
          number(
              "data", "frequency_exponent", &Trial::frequency_exponent, 0, 10, "0.5", data, "1",
              "superposition: the i-th direction is in a sample with a probability in proportion to i^-exponent, "
              "at most 1")),
      added("0.2", "0",
            number("data", "noise", &Trial::sample_noise, 0, infinity, "0", data, "1",
                   "superposition: standard deviation of the Gaussian noise added to each input")),
  };
}

std::vector<Key> model_keys() {
  return {
      choice("model", "kind", &Trial::kind, kind_names(), "k-sparse", kinds_help()),
      number("model", "hidden", &Trial::n_hidden, 1, 1e6, "1000", training, "1", "hidden units"),
      number(
          "model", "k", &Trial::k, 1, 1e6, "25", training, "1",
          "largest activations kept of each sample; k = hidden keeps all (Makhzani & Frey 2014, section 2)"),
      number("model", "alpha", &Trial::alpha, 1, 1e6, "3", reading, "1",
             "the encoder keeps the alpha * k largest activations (Makhzani & Frey 2014, section 2.2)"),
      choice("model", "activation", &Trial::activation, {"linear", "relu", "sigmoid"}, "linear",
             "of the hidden units, before the k largest are kept"),
      choice("model", "tied", &Trial::tied, {"no", "yes"}, "yes",
             "yes: the decoder's weights are the encoder's, transposed"),
      choice(
          "model", "penalty", &Trial::penalty, {"none", "l1", "kl", "l0"}, "none",
          "added to the loss, times sparsity_weight: l1; kl (CS294A notes, section 3; sigmoid units only); l0, "
          "(mean number of active units / k - 1)^2 (jump-relu only); rbm: only kl, of a running mean (Hinton 2010, "
          "section 11), others count as none"),
      number("model", "sparsity_weight", &Trial::sparsity_weight, 0, infinity, "0", training, "1",
             "weight of the penalty chosen by `penalty`"),
      number("model", "sparsity_target", &Trial::sparsity_target, 1e-6, 1 - 1e-6, "0.05", training, "1",
             "rho of the kl penalty: the wanted mean activation of each unit"),
      added(
          "0.2", "0.9",
          number(
              "model", "sparsity_decay", &Trial::sparsity_decay, 0, 0.9999, "0.9", training, "1",
              "rbm: decay of the running mean of each unit's probabilities that the kl penalty compares with "
              "sparsity_target (Hinton 2010, section 11); 0: the mean over the mini-batch")),
      number("model", "lifetime", &Trial::lifetime, 1e-6, 1, "0.05", training, "1",
             "wta: share of a mini-batch for which each unit is kept (Makhzani & Frey 2015, section 2.1)"),
      number("model", "dropout", &Trial::dropout, 0, 0.99, "0", training, "1",
             "share of the hidden units dropped at random for each sample while training (Srivastava et al. "
             "2014), before the rule chooses from the others; joint: after it, what is left grows by "
             "1 / (1 - dropout); rbm: in both phases (section 8)"),
      number("model", "input_noise", &Trial::input_noise, 0, 0.99, "0", training, "1",
             "share of the inputs set to 0 at random while training; the error is to the clean ones (Vincent "
             "et al. 2008)"),
      choice("model", "decoder", &Trial::decoder, {"linear", "relu", "sigmoid"}, "linear",
             "activation of the reconstruction"),
      choice("model", "pre_bias", &Trial::pre_bias, {"no", "yes"}, "no",
             "yes: the decoder's bias is subtracted from the inputs (Gao et al. 2024, section 2.1)"),
      added(
          "0.2", "drawn",
          choice(
              "model", "visible_bias", &Trial::visible_bias, {"drawn", "mean"}, "drawn",
              "initial value of the decoder's bias: drawn as weights are, or the mean of the training part; of sigmoid outputs "
              "and rbms log(p / (1 - p)) (Hinton 2010, section 8), with p = (sum + 1) / (samples + 2)")),
      choice("model", "unit_norm", &Trial::unit_norm, {"no", "yes"}, "no",
             "yes: every unit's decoder weights have length 1, and learn only across it (Gao et al. 2024, "
             "section 2)"),
      number("model", "aux_units", &Trial::aux_units, 0, 1e6, "256", training, "1",
             "dead units, the largest of each sample, that learn to draw what is missing (AuxK, Gao et al. "
             "2024, appendix A.2)"),
      number("model", "aux_weight", &Trial::aux_weight, 0, infinity, "0", training, "1",
             "weight of their loss, 1/32 there; 0: none"),
      added(
          "0.2", "plain",
          choice("model", "aux_loss", &Trial::aux_loss, {"plain", "normalised"}, "plain",
                 "their loss: plain, half the squared error; normalised, the squared error over that of the "
                 "residual about its mean (Gao et al. 2024, published code)")),
      added("0.2", "0",
            number(
                "model", "dead_after", &Trial::dead_after, 0, 1e15, "0", training, "1",
                "samples after which a unit that was active for none counts as dead, for AuxK; 0: an epoch")),
      added(
          "0.2", "0",
          number(
              "model", "multi_topk", &Trial::multi_topk, 0, infinity, "0", training, "1",
              "weight of a second reconstruction error, from the 4 k largest, 1/8 in Gao et al. 2024, appendix "
              "A.3; 0: none")),
      added(
          "0.2", "5",
          number(
              "model", "prefixes", &Trial::prefixes, 1, 20, "5", training, "1",
              "matryoshka: nested prefixes of the units, each twice as long as the one before, the last all units, "
              "that each reconstruct (Bussmann et al. 2025)")),
      added("0.2", "0.001",
            number("model", "threshold_start", &Trial::threshold_start, 1e-9, 1e9, "0.001", training, "1",
                   "jump-relu: initial threshold of every unit (Rajamanoharan et al. 2024)")),
      added("0.2", "0.001",
            number("model", "bandwidth", &Trial::bandwidth, 1e-9, 1e9, "0.001", training, "1",
                   "jump-relu: width of the window about a threshold in which pre-activations move it")),
      number("model", "cd_steps", &Trial::cd_steps, 1, 1e6, "1", training, "1",
             "rbm: Gibbs steps of contrastive divergence"),
      added(
          "0.2", "no",
          choice(
              "model", "persistent", &Trial::persistent, {"no", "yes"}, "no",
              "rbm: yes: fantasies go on from those of the mini-batch before, as many chains as a mini-batch has "
              "samples (persistent contrastive divergence, Tieleman 2008); no: they start from the data")),
      choice("model", "targets", &Trial::targets, {"inputs", "classes", "clusters"}, "inputs",
             "what is reconstructed: the inputs, or (1 - attraction) input + attraction own mean + "
             "repulsion (input - other mean), of the sample's class, or of its k-means cluster in code "
             "space; other: the nearest one (after Nousi & Tefas 2017; formula ours)"),
      number("model", "attraction", &Trial::attraction, 0, 1, "0.5", training, "1",
             "how far targets are shifted towards the mean of their own class or cluster"),
      number("model", "repulsion", &Trial::repulsion, 0, 1, "0", training, "1",
             "how far they are shifted away from the nearest other one"),
      number("model", "clusters", &Trial::clusters, 2, 1e6, "10", training, "1",
             "clusters of targets = clusters, found anew after every epoch"),
      text("model", "layers", Key::Kind::sizes, &Trial::layers, "none",
           "units of several hidden layers, 30-10; none: a classifier of inputs and outputs alone, an "
           "autoencoder of the one layer that `hidden` says"),
      choice("model", "training", &Trial::training, {"greedy", "joint"}, "greedy",
             "of several layers of an autoencoder: greedy, one after the other, each on the codes of the one "
             "below (Bengio et al. 2007); joint, in one network mirrored back to the inputs, not tied, its "
             "innermost layer sparse, dropout and penalty on all hidden ones"),
      added(
          "0.2", "none",
          text(
              "model", "start_from", Key::Kind::text, &Trial::start_from, "none",
              "file or folder of weights, as ksweep weights writes them, from which an autoencoder of one layer starts "
              "in place of random ones; with @ and 16 digits behind it, only if the weights are those; none: random "
              "ones")),
      choice("model", "output", &Trial::output, {"softmax", "sigmoid", "linear"}, "softmax",
             "classifier: softmax with its cross entropy, or units with half the squared error to one-hot "
             "targets"),
      choice("model", "biases", &Trial::biases, {"trained", "zero"}, "trained",
             "of a classifier; zero: it has none"),
  };
}

std::vector<Key> train_keys() {
  return {
      number("train", "epochs", &Trial::epochs, 0, 1e6, "50", training, "1", "passes over the training part"),
      added(
          "0.2", "0",
          number("train", "samples", &Trial::samples, 0, 1e15, "0", training, "1",
                 "length of the training in samples, a pass or less or more, in place of epochs; 0: epochs")),
      number(
          "train", "steps_per_epoch", &Trial::steps_per_epoch, 0, int_max, "0", training, "1",
          "classifier: an epoch is so many mini-batches drawn with replacement; 0: a pass in random order"),
      number("train", "batch", &Trial::batch, 1, 1e6, "100", training, "1", "samples in a mini-batch"),
      choice("train", "optimizer", &Trial::optimizer, optimizer_names(), "adam", optimizers_help()),
      number("train", "learning_rate", &Trial::learning_rate, 0, infinity, "1e-3", training, "1",
             "on the batch mean of half the squared error summed over pixels"),
      choice("train", "reduction", &Trial::reduction, {"mean", "sum"}, "mean",
             "classifier: what the learning rate is on, the mean or the sum of a mini-batch's losses"),
      choice("train", "learning_rate_schedule", &Trial::rate_schedule, {"constant", "linear", "cosine"},
             "linear", "how the learning rate falls to zero over the epochs"),
      added("0.2", "0",
            number("train", "warmup", &Trial::warmup, 0, 1, "0", training, "1",
                   "share of all mini-batches over which the learning rate rises linearly to what its "
                   "schedule says (Goyal et al. 2017, section 2.2); 0: none")),
      added(
          "0.2", "0",
          number(
              "train", "cooldown", &Trial::cooldown, 0, 1, "0", training, "1",
              "share of all mini-batches, the last ones, over which the learning rate falls linearly from what its "
              "schedule says to zero; 0: none")),
      added(
          "0.2", "none",
          choice(
              "train", "learning_rate_scaling", &Trial::rate_scaling, {"none", "units"}, "none",
              "units: learning_rate is that of 2^14 hidden units and is multiplied by sqrt(2^14 / hidden) (Gao et "
              "al. 2024, appendix A.3)")),
      number("train", "momentum", &Trial::momentum, 0, 0.9999, "0.9", training, "1",
             "of sgd; beta1 of the others"),
      added("0.2", "0.5",
            number("train", "momentum_start", &Trial::momentum_start, 0, 0.9999, "0.5", training, "1",
                   "sgd: momentum of the first mini-batch (Hinton 2010, section 9)")),
      added(
          "0.2", "0",
          number(
              "train", "momentum_schedule", &Trial::momentum_schedule, 0, 1, "0", training, "1",
              "sgd: share of all mini-batches over which the momentum moves linearly from momentum_start to "
              "momentum; 0: momentum from the start")),
      number("train", "weight_decay", &Trial::weight_decay, 0, infinity, "0", training, "1",
             "of the weights, not the biases: with sgd and adam weight_decay * weight is added to the "
             "gradient (L2, before adam's moments), with adamw and signum learning rate * weight_decay * "
             "weight is subtracted"),
      added(
          "0.2", "0",
          number(
              "train", "weight_average", &Trial::weight_average, 0, 0.9999, "0", training, "1",
              "decay of an exponential moving average of the weights over the mini-batches, with bias correction "
              "(Kingma & Ba 2015, section 7.2); the average is what is evaluated and stored; 0: the weights "
              "themselves")),
      number("train", "k_start", &Trial::k_start, 0, 1e6, "100", training, "1",
             "k of the first epoch, if above k (Makhzani & Frey 2014, section 4.2.1)"),
      number("train", "k_schedule", &Trial::k_schedule, 0, 1, "0.5", training, "1",
             "fraction of the epochs over which k falls linearly from k_start; 0: k from the start"),
      number("train", "initial_scale", &Trial::initial_scale, 0, infinity, "0.01", training, "1",
             "standard deviation of the initial weights and biases"),
      choice("train", "initial_weights", &Trial::initial_weights, {"normal", "uniform", "glorot"}, "normal",
             "normal; uniform in +- initial_scale; glorot: the same times sqrt(6 / (inputs + outputs)) of "
             "the layer; biases are drawn as weights are if normal, zero otherwise, in a classifier and in "
             "layers trained jointly"),
      number("train", "seed", &Trial::seed, 0, seed_max, "0", training, "1",
             "of initial weights, split and batch order: paired across all other keys"),
  };
}

std::vector<Key> probe_keys() {
  return {
      choice("probe", "kind", &Trial::probe_kind, probe_names(), "softmax", probes_help(), reading),
      number("probe", "every", &Trial::probe_every, 0, 1e6, "0", reading, "epoch",
             "probe after every so many epochs too (classifier: count its hits; fine-tune: never); 0: only "
             "at the end"),
      number("probe", "l2", &Trial::probe_l2, 0, infinity, "0", reading, "1",
             "L2 strength of the softmax regression; 0: chosen on the validation part; where it is no "
             "larger than probe.tolerance, the tolerance decides as much as the strength"),
      number("probe", "tolerance", &Trial::probe_tolerance, 1e-12, 1, "1e-6", reading, "1",
             "the softmax regression ends when |gradient| < tolerance * max(1, |weights|)"),
      number("probe", "c", &Trial::probe_c, 0, infinity, "0", reading, "1",
             "C of the svm; 0: chosen on the validation part"),
      number("probe", "neighbours", &Trial::probe_neighbours, 0, 1e6, "0", reading, "1",
             "nearest neighbours that vote (knn), of equally near ones the first in the training part; "
             "equal votes: the class of the nearest voter; 0: chosen on the validation part"),
      choice("probe", "metric", &Trial::probe_metric, {"euclidean", "cosine"}, "euclidean",
             "distance of knn, centroid and kmeans; cosine: of angles, class means and clusters are "
             "directions too (spherical k-means)",
             reading),
      choice(
          "probe", "refit", &Trial::probe_refit, {"no", "yes"}, "no",
          "yes: once all is chosen, the probe (not kmeans) is fitted again on training and validation parts "
          "together, and the test part is judged by that; the validation accuracy stays that of the choice",
          reading),
      added(
          "0.2", "no",
          choice(
              "probe", "standardise", &Trial::probe_standardise, {"no", "yes"}, "no",
              "softmax, svm: yes: each feature is divided by its standard deviation over the training part, unless it is "
              "constant; means are not subtracted, so that sparse codes stay sparse",
              reading)),
      number("probe", "epochs", &Trial::probe_epochs, 0, 1e6, "20", reading, "1",
             "fine-tuning: passes over the training part, the best one on the validation part is judged"),
      number("probe", "batch", &Trial::probe_batch, 1, 1e6, "100", reading, "1",
             "fine-tuning: samples in a mini-batch"),
      number("probe", "learning_rate", &Trial::probe_learning_rate, 0, infinity, "1e-3", reading, "1",
             "fine-tuning: of adam, falls linearly to zero over the epochs"),
      number("probe", "dropout", &Trial::probe_dropout, 0, 0.99, "0", reading, "1",
             "fine-tuning: share of the hidden units dropped at random for each sample"),
      number("probe", "input_noise", &Trial::probe_input_noise, 0, 0.99, "0", reading, "1",
             "fine-tuning: share of the inputs set to 0 at random"),
      number("probe", "k", &Trial::probe_k, 0, 1e6, "0", reading, "1",
             "fine-tuning: largest activations kept of every hidden layer; 0: all"),
      added("0.2", "0",
            number("probe", "weight_average", &Trial::probe_weight_average, 0, 0.9999, "0", reading, "1",
                   "fine-tuning: as train.weight_average; the average is what is judged after each epoch")),
      added(
          "0.2", "0",
          number(
              "probe", "weight_decay", &Trial::probe_weight_decay, 0, infinity, "0", reading, "1",
              "fine-tuning: learning rate * weight_decay * weight is subtracted from each weight, not from biases "
              "(adamw)")),
      added(
          "0.2", "0",
          number(
              "probe", "max_norm", &Trial::probe_max_norm, 0, infinity, "0", reading, "1",
              "fine-tuning: largest length of the incoming weights of each hidden unit, to which longer ones are "
              "scaled after each mini-batch (Srivastava et al. 2014, section 5.1); 0: none")),
      added("0.2", "1",
            number("probe", "features_rate", &Trial::probe_features_rate, 0, infinity, "1", reading, "1",
                   "fine-tuning: factor of the learning rate of the encoder's layers; 0: they stay")),
      added(
          "0.2", "5",
          number("probe", "units", &Trial::probe_units, 1, 1e6, "5", reading, "1",
                 "sparse: units, those with the largest difference of class means, that predict each class")),
  };
}

std::vector<Key> make_keys() {
  std::vector<Key> all;
  for (const auto& keys : {data_keys(), model_keys(), train_keys(), probe_keys()})
    all.insert(all.end(), keys.begin(), keys.end());
  return all;
}

std::optional<double> parse_number(const std::string& text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || rest != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace

std::span<const Key> trial_keys() {
  static const std::vector<Key> keys = make_keys();
  return keys;
}

const Key* find_key(std::string_view full_name) {
  const auto keys = trial_keys();
  const auto found = std::ranges::find_if(keys, [&](const Key& key) { return key.full_name() == full_name; });
  return found == keys.end() ? nullptr : &*found;
}

std::string shortest_text(double number) {
  char buffer[32];
  const auto result = std::to_chars(buffer, buffer + sizeof buffer, number);
  std::string text(buffer, result.ptr);
  // to_chars pads exponents as printf does: 1e-04, 1e+05.
  if (const auto exponent = text.find('e'); exponent != std::string::npos) {
    const bool negative = text[exponent + 1] == '-';
    const auto digits = text.find_first_not_of('0', exponent + 2);
    text = text.substr(0, exponent + 1) + (negative ? "-" : "") + text.substr(digits);
  }
  return text;
}

std::string value_text(const Key& key, const Trial& trial) {
  switch (key.kind) {
    case Key::Kind::text:
    case Key::Kind::sizes:
      return key.text(const_cast<Trial&>(trial));  // reads only
    case Key::Kind::choice:
      return key.choices.at(static_cast<std::size_t>(key.get(trial)));
    case Key::Kind::integer:
      return std::to_string(static_cast<std::int64_t>(key.get(trial)));
    case Key::Kind::real:
      break;
  }
  return shortest_text(key.get(trial));
}

namespace {
constexpr std::size_t longest_text = 4096;  // of a text value: PATH_MAX
}

std::optional<std::string> set_from_text(const Key& key, Trial& trial, const std::string& text) {
  if (key.is_text() && text.size() > longest_text) return "is longer than any path";
  if (key.kind == Key::Kind::text) {
    if (text.empty()) return "is empty";
    key.text(trial) = text;
    return std::nullopt;
  }
  if (key.kind == Key::Kind::sizes) {
    const auto sizes = parse_layer_sizes(text);
    if (!sizes) return "is no list of layer sizes";
    key.text(trial) = layer_sizes_text(*sizes);
    return std::nullopt;
  }
  if (key.kind == Key::Kind::choice) {
    const auto found = std::ranges::find(key.choices, text);
    if (found == key.choices.end()) return "is none of " + joined(key.choices);
    key.set(trial, static_cast<double>(found - key.choices.begin()));
    return std::nullopt;
  }
  const auto value = parse_number(text);
  if (!value) return "is not a number";
  if (key.kind == Key::Kind::integer && *value != std::floor(*value)) return "is not a whole number";
  if (*value < key.lowest) return "is below the least allowed value, " + shortest_text(key.lowest);
  if (*value > key.highest) return "is above the largest allowed value, " + shortest_text(key.highest);
  key.set(trial, *value + 0.0);  // a negative zero would give another id
  return std::nullopt;
}

Trial default_trial() {
  Trial trial{};
  for (const Key& key : trial_keys()) set_from_text(key, trial, key.fallback);
  return trial;
}

Trial first_default_trial() {
  Trial trial = default_trial();
  for (const Key& key : trial_keys())
    if (!key.neutral.empty()) set_from_text(key, trial, key.neutral);
  return trial;
}

}  // namespace ksweep
