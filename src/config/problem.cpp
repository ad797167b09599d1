#include "config/problem.h"

namespace accessd::config {

std::string to_text(const Problem& problem)
{
    std::string text = problem.source;
    for (const std::string& part :
         {problem.value.empty() ? problem.setting : problem.setting + " = " + problem.value,
          problem.issue}) {
        if (part.empty()) continue;
        if (!text.empty()) text += ": ";
        text += part;
    }
    // Names of files, variables and keys are whatever somebody wrote; a terminal obeys some of it.
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    }
    return text;
}

}  // namespace accessd::config
