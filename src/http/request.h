#pragma once

#include "base/caller.h"
#include "base/page.h"
#include "base/project_scope.h"
#include "base/result.h"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace accessd::http {

using accessd::Caller;
using accessd::Scope;

class BodyFile;

/// Name and value of a header; names are compared without case.
struct Header {
    std::string name;
    std::string value;
};

/// A request, read within its limits, with its route's guards passed. What a handler sees.
struct Request {
    std::string method;  ///< "GET".
    std::string path;    ///< As sent, without the query: "/v2/access/projects".
    std::string query;   ///< Raw, without the question mark.
    std::vector<Header> headers;
    std::string body;
    std::shared_ptr<BodyFile> body_file{};  ///< Instead, where the route wants it so; null: empty.
    std::string id;                         ///< Answered as X-Request-Id, and in every log line.
    std::string peer;                       ///< Client's IP address as text.
    std::vector<std::pair<std::string, std::string>> parameters;  ///< From the path: {project_id}.
    std::optional<Caller> caller;  ///< Present on every route that wants a token.

    /// The value of a header, or nothing. The first one if repeated.
    std::optional<std::string_view> header(std::string_view name) const;

    /// A parameter of the route's path. The route must have it.
    const std::string& parameter(std::string_view name) const;

    /// The token's owner. The route must ask for a scope.
    const Caller& authenticated() const { return *caller; }
    const ProjectScope& scope() const { return caller->projects; }
};

}  // namespace accessd::http
