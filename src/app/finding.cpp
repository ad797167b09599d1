#include "app/finding.h"

#include <nlohmann/json.hpp>

namespace accessd::app {

nlohmann::json to_json(const Finding& finding)
{
    return {{"check", finding.check},
            {"status", to_text(finding.status)},
            {"text", finding.text},
            {"advice", finding.advice}};
}

Finding finding_from(const nlohmann::json& json)
{
    const auto status = json.value("status", "");
    return {status == "ok"     ? Finding::Status::Ok
            : status == "warn" ? Finding::Status::Warn
                               : Finding::Status::Fail,
            json.value("check", ""), json.value("text", ""), json.value("advice", "")};
}

}  // namespace accessd::app
