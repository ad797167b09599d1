#pragma once

#include "app/config_commands.h"
#include "app/key_commands.h"
#include "face/models.h"

#include <string>

namespace accessd::app {

/// Section [faces], as the folder of faces has it.
face::ModelsSettings models_settings(const config::Faces& faces);

// Commands about face models. They load models in their own process, from files that the operator chose. Each
// returns the exit status.

int list_models(const ConfigChoice& choice, Output output);
/// 1 when something is missing, was changed, or computes something else on this machine.
int check_models(const ConfigChoice& choice, Output output);
/// Checks a manifest and every file of it as check_models does, and prints the setting that uses it.
int add_models(const ConfigChoice& choice, const std::string& manifest);
/// How long the picture takes, from its bytes to its embedding, on one thread and on two.
int bench_models(const ConfigChoice& choice, const std::string& picture, Output output);

}  // namespace accessd::app
