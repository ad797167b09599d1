#pragma once

#include "access/lock_store.h"
#include "access/magic_link.h"
#include "base/clock.h"
#include "base/result.h"
#include "http/request.h"
#include "http/response.h"
#include "projects/project_lookup.h"

#include <string>

namespace accessd::access {

/// The pages behind the links in mails: api.md, sections 4 and 8. They take no token but their own, in the
/// path. GET and HEAD change nothing, because mail scanners open links; the button does.
class LinkHandlers {
public:
    LinkHandlers(MagicLinks& links, LockStore& locks, projects::ProjectLookup& projects,
                 Clock& clock, std::string public_url);

    Result<http::Response> show_login(const http::Request& request);
    Result<http::Response> press_login(const http::Request& request);
    Result<http::Response> show_unlock(const http::Request& request);
    Result<http::Response> press_unlock(const http::Request& request);

private:
    bool is_from_elsewhere(const http::Request& request) const;

    MagicLinks& links_;
    LockStore& locks_;
    projects::ProjectLookup& projects_;
    Clock& clock_;
    const std::string own_origin_;
};

}  // namespace accessd::access
