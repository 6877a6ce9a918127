#include "cli/export_folder.h"

#include <boost/property_tree/json_parser.hpp>

#include "base/atomic_file.h"
#include "base/errors.h"
#include "base/utf8.h"
#include "data/describe.h"

namespace ksweep {

namespace fs = std::filesystem;

void check_no_such_files(const fs::path& folder, const std::vector<std::string>& names) {
  for (const std::string& name : names) refuse_existing(folder / name);
}

void make_export_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    throw UserError("{}: cannot be made ({}): the arrays go there. Choose a folder you may write.",
                    folder.string(), error.message());
}

void write_classes(const fs::path& folder, const Dataset& dataset) {
  if (!has_class_names(dataset)) return;
  namespace json = boost::property_tree::json_parser;
  std::string list;
  for (const std::string& name : dataset.class_names)
    list += (list.empty() ? "[\"" : ", \"") + json::create_escapes(as_utf8(name)) + '"';
  write_file_atomically(folder / classes_file, list + "]\n");
}

}  // namespace ksweep
