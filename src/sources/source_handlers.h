#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/keyring.h"
#include "http/entity_tag.h"
#include "http/request.h"
#include "http/response.h"
#include "limits/limit_store.h"
#include "outbound/guard.h"
#include "sources/source_settings.h"
#include "sources/sources.h"
#include "users/directory.h"
#include "users/user_handlers.h"
#include "users/user_store.h"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <optional>
#include <string>

namespace accessd::sources {

/// Called after a project's sources changed, so that copies of its set-up are read anew.
using ProjectChanged = std::function<void(const std::string& project_id)>;

/// Where a project looks its people up, over the API: api.md, section 10.
class SourceHandlers {
public:
    struct Parts {
        users::SourceStore& store;
        users::Directory& directory;
        Sources& sources;
        const outbound::Guard& guard;
        const Reach& reach;
        const crypto::Keyring& keyring;
        limits::LimitStore& limits;
        Clock& clock;
        Random& random;
        users::FindProject find_project;
        ProjectChanged project_changed;
    };

    explicit SourceHandlers(Parts parts) : parts_(std::move(parts)) {}

    Result<http::Response> create(const http::Request& request);
    Result<http::Response> list(const http::Request& request);
    Result<http::Response> get(const http::Request& request);
    Result<http::Response> change(const http::Request& request);
    Result<http::Response> remove(const http::Request& request);
    /// Looks somebody up from here and tells what came of it.
    Result<http::Response> test(const http::Request& request);

private:
    Result<users::Source> source_of(const http::Request& request) const;
    Result<nlohmann::json> stable_json(const users::Source& source) const;
    Result<http::Response> answer(const users::Source& source,
                                  const std::vector<std::string>& warnings,
                                  std::string_view message, int status) const;
    void seal(users::Source& source, const SourceSettings& settings) const;
    Result<void> check_tag(const http::IfMatch& if_match, const users::Source& source) const;
    Error overtaken(const http::Request& request, const http::IfMatch& if_match,
                    Error refusal) const;
    Trial look_up(const users::Source& source, const users::Contact& contact);

    Parts parts_;
};

}  // namespace accessd::sources
