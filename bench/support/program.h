#pragma once

#include <functional>
#include <string>

namespace accessd::bench {

/// What main() of a benchmark does: runs `body`, tells an exception, returns the exit status.
/// An interrupt from the keyboard ends the server, which `body` notices: so it cleans up.
int run_program(const char* name, const std::function<void()>& body);

/// Says what begins, on standard output and at once: measuring takes minutes.
void tell(const std::string& what);

}  // namespace accessd::bench
