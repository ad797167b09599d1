#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "http/request.h"
#include "http/response.h"
#include "users/imports.h"
#include "users/user_handlers.h"
#include "users/user_store.h"

#include <cstddef>

namespace accessd::users {

/// Files of people over the API: api.md, section 10.
class ImportHandlers {
public:
    static constexpr std::size_t kFileBytesMax = std::size_t{1024} * 1024 * 1024;

    ImportHandlers(Imports& imports, ImportStore& store, SourceStore& sources, const Clock& clock,
                   FindProject find_project);

    Result<http::Response> import(const http::Request& request);
    Result<http::Response> get(const http::Request& request);
    Result<http::Response> refused_rows(const http::Request& request);

private:
    Result<Import> import_of(const http::Request& request) const;

    Imports& imports_;
    ImportStore& store_;
    SourceStore& sources_;
    const Clock& clock_;
    FindProject find_project_;
};

}  // namespace accessd::users
