#pragma once

#include "app/config_commands.h"
#include "app/key_commands.h"

#include <string>

namespace accessd::app {

struct CalibrateWish {
    std::string pairs_file;
    std::string out_file;  ///< Empty: only print.
};

/// Compares labelled pairs of pictures with the configured models, prints how often they err, with bounds and by
/// group, and writes what scores mean, as far as the pairs support it. Returns the exit status.
int calibrate_faces(const ConfigChoice& choice, const CalibrateWish& wish, Output output);

}  // namespace accessd::app
