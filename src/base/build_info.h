#pragma once

#include <string>

namespace ksweep {

/// Facts of the build, for `--version` and the provenance of every result.
struct BuildInfo {
  std::string version;   ///< "0.1.0"
  std::string commit;    ///< of the sources, with "-dirty" if they were changed; "unknown" outside git
  std::string compiler;  ///< name and version
  std::string flags;     ///< optimisation flags
};

const BuildInfo& build_info();

}  // namespace ksweep
