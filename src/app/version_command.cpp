#include "app/version_command.h"

#include "app/terminal.h"
#include "app/version.h"

#include <nlohmann/json.hpp>

#include <string>

namespace accessd::app {

int print_version(Output output)
{
    if (output == Output::Json) {
        const nlohmann::json json{{"version", version()}, {"commit", commit()}};
        print_out(json.dump(2) + "\n");
    } else {
        print_out("accessd " + std::string{version()} + " (" + std::string{commit()} + ")\n");
    }
    return kExitOk;
}

}  // namespace accessd::app
