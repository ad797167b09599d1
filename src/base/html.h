#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace accessd {

/// Text as it may stand in HTML, in elements and in quoted attributes.
std::string escape_html(std::string_view text);

/// Puts values in the places of names: fill_in("Log in to {project}", {{"{project}", "Shop"}}). A value that
/// looks like a name stays what it is.
std::string fill_in(std::string_view sentence,
                    std::initializer_list<std::pair<std::string_view, std::string_view>> values);

}  // namespace accessd
