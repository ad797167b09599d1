#pragma once

#include "app/project_file.h"
#include "base/result.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::app {

/// Calls the API: method, path behind /v2/access, body (null: none). Gives `data`.
/// Errors: those of the API, with a sentence that names fields.
using CallApi = std::function<Result<OrderedJson>(
    const std::string& method, const std::string& path, const OrderedJson& body)>;

/// A project's set-up, as a file. `project`: id or slug. Errors: NotFound, those of the API.
Result<OrderedJson> export_project(const CallApi& call, const std::string& project);

struct ApplyOptions {
    bool is_dry = false;        ///< Only tell what would be done.
    bool with_secrets = false;  ///< Send all secrets, also where one is set already.
    bool is_removing = false;   ///< Remove what the file doesn't have, in sections that it has.
};

/// What one run found and did, in order.
struct Applied {
    std::vector<std::string> lines;  ///< "~ flow Login: status: \"draft\" -> \"active\"".
    int changes = 0;
    /// Made by the server, and shown this once: "webhook https://...", the secret.
    std::vector<std::pair<std::string, std::string>> secrets;
};

/// Makes a project what the file says: what is the same is left alone, so a second run changes nothing. A failure ends it
/// in the middle; the next run goes on. Errors: those of the API, told with the item at fault.
class ProjectApply {
public:
    ProjectApply(CallApi call, ApplyOptions options);

    Result<void> run(const OrderedJson& file);
    const Applied& applied() const { return applied_; }

private:
    /// One kind of items: how they are listed, named, made and changed.
    struct Kind;

    Result<void> apply_project(const OrderedJson& file);
    Result<void> apply_items(const OrderedJson& file, const Kind& kind);
    Result<void> apply_item(const OrderedJson& wanted, const OrderedJson* shown, const Kind& kind);
    Result<void> remove_others(const OrderedJson& wanted,
                               const std::map<std::string, OrderedJson>& shown, const Kind& kind);
    Result<void> apply_flows(const OrderedJson& file);
    Result<void> apply_flow(OrderedJson wanted, const OrderedJson* shown);
    Result<void> apply_methods(const OrderedJson& wanted, const OrderedJson& shown,
                               const std::string& flow, bool enabling);
    Result<void> apply_templates(const OrderedJson& file);
    Result<void> apply_whole(const OrderedJson& file, const std::string& section,
                             const std::string& path);
    Result<std::map<std::string, OrderedJson>> listed(const std::string& path,
                                                      const std::string& name) const;
    /// Sends a change, or only tells it.
    Result<OrderedJson> change(const std::string& line, const std::string& method,
                               const std::string& path, const OrderedJson& body);

    CallApi call_;
    ApplyOptions options_;
    Applied applied_;
    std::string project_id_;  ///< Empty: a dry run of a project that isn't there.
    std::map<std::string, std::string> source_ids_;  ///< By name.
};

}  // namespace accessd::app
