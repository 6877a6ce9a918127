#pragma once

#include <string>

#include "base/errors.h"

namespace ksweep {

/// The message with which `action` refuses, or "accepted".
template <class Action>
std::string refusal(Action&& action) {
  try {
    action();
  } catch (const UserError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace ksweep
