#pragma once

namespace ksweep {

enum class Part { train, test };

}  // namespace ksweep
