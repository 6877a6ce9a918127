#include "base/fault.h"

#include <fmt/core.h>
#include <sys/resource.h>

#include <filesystem>
#include <new>

#include "base/bytes_text.h"

namespace ksweep {
namespace {

/// How much a process may have, where `ulimit -v` says so.
std::string address_space_text() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return "";
  return fmt::format(" (a process may have {} here: ulimit -v)",
                     bytes_text(static_cast<double>(limit.rlim_cur)));
}

}  // namespace

Fault fault_of(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const UserError& error) {
    return {ExitCode::usage, error.what()};
  } catch (const EnvironmentError& error) {
    return {ExitCode::environment, error.what()};
  } catch (const std::filesystem::filesystem_error& error) {
    return {ExitCode::usage,
            fmt::format("{}: cannot be looked at ({}): whether it is there and what it is remains "
                        "unknown. Check the path.",
                        error.path1().string(), error.code().message())};
  } catch (const std::bad_alloc&) {
    return {ExitCode::environment,
            fmt::format("memory is exhausted{}: the work cannot go on. Use fewer ranks per node, "
                        "smaller nets or data.train; `ksweep plan` shows what a rank needs.",
                        address_space_text())};
  } catch (const std::exception& error) {
    return {ExitCode::our_mistake, error.what()};
  } catch (...) {
    return {ExitCode::our_mistake, "an exception of no known kind"};
  }
}

void raise(const Fault& fault) {
  if (fault.code == ExitCode::usage) throw UserError(fault.text);
  if (fault.code == ExitCode::environment) throw EnvironmentError(fault.text);
  throw std::runtime_error(fault.text);
}

}  // namespace ksweep
