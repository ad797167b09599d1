#pragma once

#include "base/result.h"
#include "http/request.h"
#include "http/response.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace accessd::http {

/// A strong entity tag (RFC 9110, 8.8.3), quotes included, of a thing as the API shows it.
std::string entity_tag(const nlohmann::json& data);

/// success() for a thing that can be changed: with its ETag, made of `data`.
Response tagged(const nlohmann::json& data, std::string_view message, int status = 200);

/// What If-Match asks of the thing that a request changes (RFC 9110, 13.1.1).
class IfMatch {
public:
    /// Errors: InvalidRequest for a header that is no list of entity tags.
    static Result<IfMatch> parse(const Request& request);

    bool is_present() const { return is_present_; }
    /// `data`: the thing as the API shows it before the change. A weak tag never matches.
    /// Errors: PreconditionFailed.
    Result<void> check(const nlohmann::json& data) const;

private:
    Result<void> read(std::string_view value);

    bool is_present_ = false;
    bool is_any_ = false;
    std::vector<std::string> tags_;
};

}  // namespace accessd::http
