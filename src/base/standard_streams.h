#pragma once

namespace ksweep {

/// Opens standard streams that are closed, so that no file of the program gets their descriptor and receives
/// output.
void occupy_standard_streams();

/// Throws UserError if printed output could not be written, as on a full disk.  A reader that has gone is no
/// error.
void check_standard_output();

}  // namespace ksweep
