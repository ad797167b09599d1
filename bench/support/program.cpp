#include "support/program.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>

namespace accessd::bench {

int run_program(const char* name, const std::function<void()>& body)
{
    std::signal(SIGINT, [](int) {});  // A handler, not SIG_IGN: children would inherit that.
    try {
        body();
    } catch (const std::exception& exception) {
        std::fprintf(stderr, "%s: %s\n", name, exception.what());
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

void tell(const std::string& what)
{
    std::printf("%s ...\n", what.c_str());
    std::fflush(stdout);
}

}  // namespace accessd::bench
