#include "contacts/accept_language.h"

#include <algorithm>

namespace accessd::contacts {

std::optional<Language> wanted_language(std::string_view accept_language)
{
    auto list = accept_language;
    while (!list.empty()) {
        const auto end = std::min(list.find(','), list.size());
        auto tag = list.substr(0, end);
        tag.remove_prefix(std::min(tag.find_first_not_of(' '), tag.size()));
        const auto language = parse_language(tag.substr(0, tag.find_first_of("-;")));
        if (language) return language;
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return std::nullopt;
}

}  // namespace accessd::contacts
