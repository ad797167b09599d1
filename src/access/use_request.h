#pragma once

#include "access/validation_store.h"
#include "base/clock.h"
#include "base/random.h"
#include "config/config.h"
#include "projects/project_store.h"

#include <string>

namespace accessd::access {

/// What uses up a validation, but for what is given back: the candidates, or a link's digest.
/// `client_ip` is the person's; empty: whoever asked for the code is taken to give it back.
UseCode make_use(const Validation& validation, const projects::ProjectSetup& setup,
                 const projects::Flow& flow, const config::Limits& limits,
                 const std::string& client_ip, TimePoint now, Random& random);

}  // namespace accessd::access
