#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace accessd::app {

/// One line of `accessd doctor`.
struct Finding {
    enum class Status { Ok, Warn, Fail };
    Status status = Status::Ok;
    std::string check;   ///< What was looked at: "tls".
    std::string text;    ///< What was found.
    std::string advice;  ///< What to do; empty when it is fine.

    static Finding ok(std::string check, std::string text)
    {
        return {Status::Ok, std::move(check), std::move(text), {}};
    }
    static Finding warn(std::string check, std::string text, std::string advice)
    {
        return {Status::Warn, std::move(check), std::move(text), std::move(advice)};
    }
    static Finding fail(std::string check, std::string text, std::string advice)
    {
        return {Status::Fail, std::move(check), std::move(text), std::move(advice)};
    }
};

inline std::string_view to_text(Finding::Status status)
{
    switch (status) {
    case Finding::Status::Ok: return "ok";
    case Finding::Status::Warn: return "warn";
    case Finding::Status::Fail: break;
    }
    return "fail";
}

/// {"check", "status", "text", "advice"}, as `accessd doctor --json` prints it, and back. What has no such status has failed.
nlohmann::json to_json(const Finding& finding);
Finding finding_from(const nlohmann::json& json);

}  // namespace accessd::app
