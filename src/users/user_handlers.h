#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "http/request.h"
#include "http/response.h"
#include "users/directory.h"
#include "users/user_store.h"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <functional>

namespace accessd::users {

/// What these handlers need to know of a project. Handed in, because projects build on users.
struct ProjectFacts {
    std::string id;
    bool test = false;
};
/// The project if it exists and the caller may see it. Errors: ProjectNotFound, StoreUnavailable.
using FindProject =
    std::function<Result<ProjectFacts>(const std::string& project_id, const ProjectScope& scope)>;

/// The directory over the API: api.md, section 10.
class UserHandlers {
public:
    /// `backup_days`: how long the operator keeps a backup; 0: not said.
    UserHandlers(Directory& directory, UserStore& store, Clock& clock, int backup_days,
                 FindProject find_project);

    Result<http::Response> create(const http::Request& request);
    Result<http::Response> list(const http::Request& request);
    Result<http::Response> get(const http::Request& request);
    Result<http::Response> change(const http::Request& request);
    Result<http::Response> erase(const http::Request& request);
    Result<http::Response> export_one(const http::Request& request);
    Result<http::Response> export_all(const http::Request& request);

    static constexpr std::size_t kExportMax = 100'000;  ///< People in one answer; a link leads on.

private:
    Result<ProjectFacts> project_of(const http::Request& request) const;

    Directory& directory_;
    UserStore& store_;
    Clock& clock_;
    std::chrono::days backup_life_;
    FindProject find_project_;
};

/// As the API shows it.
nlohmann::json to_json(const User& user);

}  // namespace accessd::users
