#pragma once

#include "base/result.h"
#include "http/router.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace accessd::app {

/// The API for commands on this machine: runs a route in this process, with all rights, as "command". What a command
/// changes so passes the same checks, rules and audit as what comes over the network.
///
/// Threads: safe to call concurrently.
class ApiByCommand {
public:
    explicit ApiByCommand(const http::Router& router) : router_(router) {}

    /// {"command": "api", "method": "GET", "path": "/v2/access/...", "body": ""}, all of them texts.
    /// Errors: InvalidRequest with a sentence.
    Result<nlohmann::json> run(const nlohmann::json& request) const;

private:
    /// `path`: "/v2/access/projects?limit=200"; `body`: JSON or empty. Gives {"status": 200, "body": {...}}, also for
    /// refusals. Errors: InvalidRequest for what isn't a request of the API.
    Result<nlohmann::json> call(const std::string& method, const std::string& path,
                                const std::string& body) const;

    const http::Router& router_;
};

}  // namespace accessd::app
