#include "http/request.h"

#include "http/media_type.h"

#include <stdexcept>

namespace accessd::http {

std::optional<std::string_view> Request::header(std::string_view name) const
{
    for (const auto& header : headers) {
        if (equals_no_case(header.name, name)) return header.value;
    }
    return std::nullopt;
}

const std::string& Request::parameter(std::string_view name) const
{
    for (const auto& [key, value] : parameters) {
        if (key == name) return value;
    }
    throw std::logic_error{"the route has no parameter " + std::string{name}};
}

}  // namespace accessd::http
