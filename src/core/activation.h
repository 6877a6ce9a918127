#pragma once

namespace ksweep {

enum class Activation { linear, relu, sigmoid };

}  // namespace ksweep
