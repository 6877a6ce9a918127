#include "data/set_description.h"

#include <nlohmann/json.hpp>

namespace ksweep {
namespace {

using Json = nlohmann::json;

Json json_of(const InputScaling& scaling) {
  return {{"divisor", scaling.divisor}, {"mean", scaling.mean}, {"factor", scaling.factor}};
}

InputScaling scaling_in(const Json& json) { return {json.at("divisor"), json.at("mean"), json.at("factor")}; }

Json json_of(const StoredSet& set) {
  Json arrays = Json::array();
  for (const ShardArray& array : set.arrays)
    arrays.push_back({{"path", array.path.string()},
                      {"name", array.name},
                      {"element", static_cast<int>(array.element)},
                      {"dims", array.dims},
                      {"offset", array.offset},
                      {"big_endian", array.big_endian}});
  return {{"arrays", arrays},
          {"skipped", set.skipped_positions},
          {"test_part", static_cast<int>(set.test_part)},
          {"scaling", json_of(set.scaling)}};
}

StoredSet stored_set_in(const Json& all) {
  StoredSet set{.arrays = {},
                .skipped_positions = all.at("skipped"),
                .test_part = static_cast<TestPart>(all.at("test_part").get<int>()),
                .scaling = scaling_in(all.at("scaling"))};
  for (const Json& array : all.at("arrays"))
    set.arrays.push_back({.path = array.at("path").get<std::string>(),
                          .name = array.at("name"),
                          .element = static_cast<Element>(array.at("element").get<int>()),
                          .dims = array.at("dims"),
                          .offset = array.at("offset"),
                          .big_endian = array.at("big_endian")});
  return set;
}

Json json_of(const GeneratedSet& set) {
  const SuperpositionRecipe& recipe = set.recipe;
  return {{"features", recipe.n_features}, {"dimensions", recipe.n_inputs},
          {"true_l0", recipe.true_l0},     {"frequency_exponent", recipe.frequency_exponent},
          {"noise", recipe.noise},         {"scaling", json_of(set.scaling)}};
}

GeneratedSet generated_set_in(const Json& all) {
  return {{all.at("features"), all.at("dimensions"), all.at("true_l0"), all.at("frequency_exponent"),
           all.at("noise")},
          scaling_in(all.at("scaling"))};
}

}  // namespace

std::string description_of(const StreamedSet& set) {
  // CBOR, unlike JSON's text, holds any path.
  const auto bytes = Json::to_cbor(std::visit([](const auto& its) { return json_of(its); }, set));
  return {bytes.begin(), bytes.end()};
}

StreamedSet described_set(const std::string& description) {
  const Json all = Json::from_cbor(description);
  if (all.contains("arrays")) return stored_set_in(all);
  return generated_set_in(all);
}

}  // namespace ksweep
