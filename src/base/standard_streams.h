#pragma once

namespace ksweep {

/// So that no file which the program opens takes the place of a standard stream that was closed, and gets what is printed.
void occupy_standard_streams();

/// Throws UserError if not all that was printed could be written: a disk is full, say.  That a reader has gone who
/// wanted no more is no error.
void check_standard_output();

}  // namespace ksweep
