// Words for the person in front of the program.
#pragma once

#include <string_view>

namespace mexbench::core {

// Writes to stderr as far as that works: a closed or full stderr never decides what a run leaves or its exit code.
void tell(std::string_view text);

// Makes sure that descriptors 0 to 2 are open, so that no file of ours ever takes the place of a closed stdout and gets its text; and that
// a reader that went away (`| head`) is an error of that one write, not the end of the process.
void open_standard_streams();

// Everything written to stdout has arrived. False when it is full or closed: then the output is not what was asked for.
[[nodiscard]] bool flush_stdout();

}  // namespace mexbench::core
