#include "model/rules.h"

namespace ksweep::rules {

const SparsityRule* const plain = nullptr;

}  // namespace ksweep::rules
