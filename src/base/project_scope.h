#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace accessd {

/// The projects that a caller may touch: all of them, or those named. Look-ups by id take it,
/// because what lies outside is answered as if it didn't exist.
class ProjectScope {
public:
    static ProjectScope all()
    {
        ProjectScope scope;
        scope.all_ = true;
        return scope;
    }
    static ProjectScope only(std::vector<std::string> ids)
    {
        ProjectScope scope;
        scope.ids_ = std::move(ids);
        return scope;
    }

    bool allows(std::string_view project_id) const
    {
        return all_ || std::find(ids_.begin(), ids_.end(), project_id) != ids_.end();
    }
    bool is_all() const { return all_; }
    const std::vector<std::string>& ids() const { return ids_; }

private:
    bool all_ = false;
    std::vector<std::string> ids_;
};

}  // namespace accessd
