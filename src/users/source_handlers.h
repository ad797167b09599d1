#pragma once

#include "base/random.h"
#include "base/result.h"
#include "http/entity_tag.h"
#include "http/request.h"
#include "http/response.h"
#include "users/user_handlers.h"
#include "users/user_store.h"

#include <functional>

namespace accessd::users {

/// Called after a project's sources changed, so that copies of its set-up are read anew.
using ProjectChanged = std::function<void(const std::string& project_id)>;

/// Where a project looks its people up, over the API: api.md, section 10.
class SourceHandlers {
public:
    SourceHandlers(SourceStore& store, Clock& clock, Random& random, FindProject find_project,
                   ProjectChanged project_changed);

    Result<http::Response> create(const http::Request& request);
    Result<http::Response> list(const http::Request& request);
    Result<http::Response> get(const http::Request& request);
    Result<http::Response> change(const http::Request& request);
    Result<http::Response> remove(const http::Request& request);

private:
    Result<Source> source_of(const http::Request& request) const;
    Error overtaken(const http::Request& request, const http::IfMatch& if_match,
                    Error refusal) const;

    SourceStore& store_;
    Clock& clock_;
    Random& random_;
    FindProject find_project_;
    ProjectChanged project_changed_;
};

}  // namespace accessd::users
