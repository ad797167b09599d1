#include "http/render.h"

#include <nlohmann/json.hpp>

namespace accessd::http {

nlohmann::json or_null(const std::string& text)
{
    return text.empty() ? nlohmann::json(nullptr) : nlohmann::json(text);
}

nlohmann::json or_null(const std::optional<std::string>& text)
{
    return text ? nlohmann::json(*text) : nlohmann::json(nullptr);
}

nlohmann::json or_null(const std::optional<TimePoint>& time)
{
    return time ? nlohmann::json(to_rfc3339(*time)) : nlohmann::json(nullptr);
}

}  // namespace accessd::http
