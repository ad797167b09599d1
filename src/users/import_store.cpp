#include "users/import_store.h"

#include <cstdlib>

namespace accessd::users {

std::string_view to_text(ImportMode mode)
{
    switch (mode) {
    case ImportMode::Add: return "add";
    case ImportMode::Replace: return "replace";
    }
    std::abort();
}

std::string_view to_text(ImportStatus status)
{
    switch (status) {
    case ImportStatus::Running: return "running";
    case ImportStatus::Done: return "done";
    case ImportStatus::Failed: return "failed";
    }
    std::abort();
}

std::optional<ImportMode> parse_import_mode(std::string_view text)
{
    for (const auto mode : {ImportMode::Add, ImportMode::Replace}) {
        if (text == to_text(mode)) return mode;
    }
    return std::nullopt;
}

std::optional<ImportStatus> parse_import_status(std::string_view text)
{
    for (const auto status : {ImportStatus::Running, ImportStatus::Done, ImportStatus::Failed}) {
        if (text == to_text(status)) return status;
    }
    return std::nullopt;
}

}  // namespace accessd::users
