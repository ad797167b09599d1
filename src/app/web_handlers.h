#pragma once

#include "base/random.h"
#include "base/result.h"
#include "http/request.h"
#include "http/response.h"

namespace accessd::app {

/// The console: files that the build made of web/, served from memory.
///
/// Assets carry the hash of their content in their name and are cached for ever; pages name them and aren't
/// cached. The console's page carries a nonce, new with each answer, for the styles its components make.
class WebHandlers {
public:
    explicit WebHandlers(Random& random);

    Result<http::Response> console(const http::Request& request);
    Result<http::Response> console_asset(const http::Request& request);

private:
    Random& random_;
};

}  // namespace accessd::app
