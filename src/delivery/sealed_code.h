#pragma once

#include <string>

namespace accessd::delivery {

/// What a sealed code is bound to: that of one validation can't be put in another's place.
inline std::string code_context(const std::string& validation_id)
{
    return "code:" + validation_id;
}

}  // namespace accessd::delivery
