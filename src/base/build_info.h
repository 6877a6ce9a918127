#pragma once

#include <string>

namespace ksweep {

/// Facts of the build, for `--version` and the provenance of every result.
struct BuildInfo {
  std::string version;   ///< "0.2.0"
  std::string commit;    ///< of the sources, with "-dirty" if they were changed; "unknown" outside git
  std::string compiler;  ///< name and version
  std::string flags;     ///< optimisation flags
};

const BuildInfo& build_info();

/// Version and commit, as every result holds them: "0.2.0 (0123456789ab)".
inline std::string program_version() { return build_info().version + " (" + build_info().commit + ")"; }

}  // namespace ksweep
