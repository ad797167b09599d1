#pragma once

#include <optional>
#include <string>
#include <vector>

namespace accessd {

/// Which part of a list is wanted. Lists are ordered newest first unless their method says
/// otherwise; the cursor is the id of the last item of the page before.
struct PageRequest {
    int limit = 50;  ///< 1 to 200.
    std::optional<std::string> after;
};

/// One page of a list.
template <class T>
struct Page {
    std::vector<T> items;
    std::optional<std::string> next;  ///< Id to continue after; nothing on the last page.
};

}  // namespace accessd
