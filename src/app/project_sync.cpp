#include "app/project_sync.h"

#include <algorithm>
#include <utility>

namespace accessd::app {
namespace {

// The fields of each kind that a file has: what the API takes.
const std::vector<std::string> kProjectFields{"name",
                                              "slug",
                                              "mode",
                                              "default_language",
                                              "contact_email",
                                              "privacy_url",
                                              "terms_url",
                                              "allowed_countries",
                                              "allowed_origins",
                                              "branding",
                                              "retention"};
const std::vector<std::string> kSourceFields{"name", "kind", "settings"};
const std::vector<std::string> kFlowFields{"name",
                                           "status",
                                           "policy",
                                           "redirect_urls",
                                           "allowed_email_domains",
                                           "reveal_unknown_users",
                                           "add_missing_contacts",
                                           "suggest_face_enrolment",
                                           "methods"};
const std::vector<std::string> kSenderFields{
    "name", "kind", "channel", "priority", "prefixes", "status", "settings", "mailgun_signing_key"};
const std::vector<std::string> kWebhookFields{"url", "events", "description", "status"};
const std::vector<std::string> kTemplateFields{"channel", "language", "subject", "text", "html"};

std::string text_at(const OrderedJson& item, const std::string& name)
{
    const auto found = item.find(name);
    return found != item.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// Every item of a list of the API, the oldest first.
Result<OrderedJson> all_of(const CallApi& call, const std::string& path)
{
    OrderedJson items = OrderedJson::array();
    std::string cursor;
    do {
        ACCESSD_TRY(
            const auto page,
            call("GET", path + "?limit=200" + (cursor.empty() ? "" : "&cursor=" + cursor), {}));
        for (const auto& item : page.at("items")) items.push_back(item);
        cursor = text_at(page, "next_cursor");
    } while (!cursor.empty());
    std::reverse(items.begin(), items.end());
    return items;
}

/// Null: there is none of this id or slug.
Result<OrderedJson> find_project(const CallApi& call, const std::string& project)
{
    ACCESSD_TRY(const auto all, all_of(call, "/projects"));
    for (const auto& item : all) {
        if (text_at(item, "slug") == project || text_at(item, "project_id") == project) return item;
    }
    return OrderedJson{};
}

OrderedJson file_items(const OrderedJson& items, const std::vector<std::string>& fields,
                       const std::string& slug, const std::string& name)
{
    OrderedJson made = OrderedJson::array();
    for (const auto& item : items) {
        made.push_back(as_in_file(item, fields, secret_prefix(slug, text_at(item, name))));
    }
    return made;
}

/// A webhook that the server switched off is one that its owner wants.
OrderedJson file_webhooks(const OrderedJson& webhooks, const std::string& slug)
{
    auto made = file_items(webhooks, kWebhookFields, slug, "url");
    for (auto& webhook : made) {
        if (text_at(webhook, "status") == "disabled") webhook["status"] = "active";
    }
    return made;
}

OrderedJson file_flows(const OrderedJson& flows, const OrderedJson& sources,
                       const std::string& slug)
{
    auto made = file_items(flows, kFlowFields, slug, "name");
    for (std::size_t i = 0; i < made.size(); ++i) {
        for (const auto& source : sources) {
            if (text_at(source, "source_id") == text_at(flows[i], "source_id")) {
                made[i]["source"] = source["name"];
            }
        }
    }
    return made;
}

}  // namespace

Result<OrderedJson> export_project(const CallApi& call, const std::string& project)
{
    ACCESSD_TRY(const auto found, find_project(call, project));
    if (found.is_null()) {
        const auto sentence = "there is no project with the id or slug " + project + ".";
        return Error{ErrorCode::NotFound, sentence}.saying(sentence);
    }
    const auto slug = text_at(found, "slug");
    const auto path = "/projects/" + text_at(found, "project_id");
    ACCESSD_TRY(const auto sources, all_of(call, path + "/sources"));
    ACCESSD_TRY(const auto flows, all_of(call, path + "/flows"));
    ACCESSD_TRY(const auto senders, all_of(call, path + "/senders"));
    ACCESSD_TRY(const auto webhooks, all_of(call, path + "/webhooks"));
    ACCESSD_TRY(const auto templates, call("GET", path + "/templates", {}));
    ACCESSD_TRY(const auto recipients, call("GET", path + "/test-recipients", {}));
    ACCESSD_TRY(const auto guard, call("GET", path + "/fraud-guard", {}));

    OrderedJson file{{"accessd_project", 1}, {"project", as_in_file(found, kProjectFields, slug)}};
    file["sources"] = file_items(sources, kSourceFields, slug, "name");
    file["flows"] = file_flows(flows, sources, slug);
    file["senders"] = file_items(senders, kSenderFields, slug, "name");
    for (auto& sender : file["senders"]) {
        if (sender.at("kind") == "smtp") sender.erase("prefixes");  // Of numbers alone.
    }
    file["webhooks"] = file_webhooks(webhooks, slug);
    file["templates"] = OrderedJson::array();
    for (const auto& words : templates.at("templates")) {
        if (text_at(words, "origin") != "own") continue;
        auto item = as_in_file(words, kTemplateFields, slug);
        for (const auto* part : {"subject", "html"}) {
            if (text_at(item, part).empty()) item.erase(part);  // An SMS has neither.
        }
        file["templates"].push_back(std::move(item));
    }
    file["test_recipients"] = recipients.at("recipients");
    file["fraud_guard"] = guard;
    return file;
}

struct ProjectApply::Kind {
    std::string section;             ///< "senders".
    std::string word;                ///< "sender".
    std::string id;                  ///< "sender_id".
    std::string name;                ///< The field that says which one it is.
    std::vector<std::string> fixed;  ///< Fields that can't be changed later.
};

ProjectApply::ProjectApply(CallApi call, ApplyOptions options)
    : call_(std::move(call)), options_(options)
{
}

Result<OrderedJson> ProjectApply::change(const std::string& line, const std::string& method,
                                         const std::string& path, const OrderedJson& body)
{
    applied_.lines.push_back(line);
    ++applied_.changes;
    if (options_.is_dry) return OrderedJson::object();
    auto answer = call_(method, path, body);
    if (!answer) {
        auto error = answer.error();
        return std::move(error).saying(
            line + ": " +
            (answer.error().message.empty() ? answer.error().detail : answer.error().message));
    }
    return answer;
}

Result<std::map<std::string, OrderedJson>> ProjectApply::listed(const std::string& path,
                                                                const std::string& name) const
{
    std::map<std::string, OrderedJson> found;
    if (project_id_.empty()) return found;
    ACCESSD_TRY(const auto items, all_of(call_, path));
    for (const auto& item : items) found.emplace(text_at(item, name), item);
    return found;
}

Result<void> ProjectApply::run(const OrderedJson& file)
{
    if (const auto refusal = refusal_of_file(file); !refusal.empty()) {
        return Error{ErrorCode::InvalidRequest, refusal}.saying(refusal);
    }
    ACCESSD_CHECK(apply_project(file));
    ACCESSD_CHECK(apply_items(file, {"sources", "source", "source_id", "name", {}}));
    ACCESSD_CHECK(
        apply_items(file, {"senders", "sender", "sender_id", "name", {"kind", "channel"}}));
    ACCESSD_CHECK(apply_items(file, {"webhooks", "webhook", "webhook_id", "url", {}}));
    ACCESSD_CHECK(apply_flows(file));
    ACCESSD_CHECK(apply_templates(file));
    ACCESSD_CHECK(apply_whole(file, "test_recipients", "/test-recipients"));
    return apply_whole(file, "fraud_guard", "/fraud-guard");
}

Result<void> ProjectApply::apply_project(const OrderedJson& file)
{
    const auto& wanted = file.at("project");
    const auto slug = text_at(wanted, "slug");
    ACCESSD_TRY(const auto shown, find_project(call_, slug));
    if (shown.is_null()) {
        ACCESSD_TRY(const auto made, change("+ project " + slug, "POST", "/projects", wanted));
        project_id_ = text_at(made, "project_id");
        return {};
    }
    project_id_ = text_at(shown, "project_id");
    for (const auto& difference : differences(wanted, shown)) {
        applied_.lines.push_back("~ project " + slug + ": " + difference);
    }
    if (differences(wanted, shown).empty()) return {};
    ACCESSD_CHECK(change("~ project " + slug, "PATCH", "/projects/" + project_id_, wanted));
    return {};
}

Result<void> ProjectApply::apply_items(const OrderedJson& file, const Kind& kind)
{
    if (!file.contains(kind.section)) return {};
    ACCESSD_TRY(const auto shown,
                listed("/projects/" + project_id_ + "/" + kind.section, kind.name));
    for (const auto& [name, item] : shown) {
        if (kind.section == "sources") source_ids_[name] = text_at(item, "source_id");
    }
    for (const auto& wanted : file.at(kind.section)) {
        const auto found = shown.find(text_at(wanted, kind.name));
        ACCESSD_CHECK(apply_item(wanted, found == shown.end() ? nullptr : &found->second, kind));
    }
    return kind.section == "sources" ? Result<void>{}
                                     : remove_others(file.at(kind.section), shown, kind);
}

Result<void> ProjectApply::apply_item(const OrderedJson& wanted, const OrderedJson* shown,
                                      const Kind& kind)
{
    const auto name = text_at(wanted, kind.name);
    auto changed = shown == nullptr ? std::vector<std::string>{} : differences(wanted, *shown);
    const bool has_secrets = shown != nullptr && options_.with_secrets && has_reference(wanted);
    if (has_secrets) changed.push_back("secrets are sent again");
    if (shown != nullptr && changed.empty()) return {};
    auto body = wanted;
    for (const auto* part : {"settings", "mailgun_signing_key"}) {
        if (!body.contains(part)) continue;
        ACCESSD_TRY(body[part], with_secrets(body[part]));
    }
    if (shown == nullptr) {
        ACCESSD_TRY(const auto made, change("+ " + kind.word + " " + name, "POST",
                                            "/projects/" + project_id_ + "/" + kind.section, body));
        if (kind.section == "sources") source_ids_[name] = text_at(made, "source_id");
        for (const auto* secret : {"secret", "receipt_secret"}) {
            if (!text_at(made, secret).empty()) {
                applied_.secrets.emplace_back(kind.word + " " + name + " " + secret,
                                              text_at(made, secret));
            }
        }
        return {};
    }
    for (const auto& field : kind.fixed) {
        if (body.contains(field) && body[field] == (*shown)[field]) body.erase(field);
    }
    for (const auto& line : changed)
        applied_.lines.push_back("~ " + kind.word + " " + name + ": " + line);
    ACCESSD_CHECK(change("~ " + kind.word + " " + name, "PATCH",
                         "/" + kind.section + "/" + text_at(*shown, kind.id), body));
    return {};
}

Result<void> ProjectApply::remove_others(const OrderedJson& wanted,
                                         const std::map<std::string, OrderedJson>& shown,
                                         const Kind& kind)
{
    for (const auto& [name, item] : shown) {
        const bool is_wanted =
            std::any_of(wanted.begin(), wanted.end(), [&, &which = name](const OrderedJson& one) {
                return text_at(one, kind.name) == which;
            });
        if (is_wanted) continue;
        if (!options_.is_removing) {
            applied_.lines.push_back("  " + kind.word + " " + name +
                                     ": not in the file, kept (--remove)");
            continue;
        }
        ACCESSD_CHECK(change("- " + kind.word + " " + name, "DELETE",
                             "/" + kind.section + "/" + text_at(item, kind.id), {}));
    }
    return {};
}

Result<void> ProjectApply::apply_flows(const OrderedJson& file)
{
    const Kind sources{"sources", "source", "source_id", "name", {}};
    if (file.contains("flows")) {
        ACCESSD_TRY(const auto named, listed("/projects/" + project_id_ + "/sources", "name"));
        for (const auto& [name, source] : named) source_ids_[name] = text_at(source, "source_id");
        ACCESSD_TRY(const auto shown, listed("/projects/" + project_id_ + "/flows", "name"));
        for (const auto& wanted : file.at("flows")) {
            const auto found = shown.find(text_at(wanted, "name"));
            ACCESSD_CHECK(apply_flow(wanted, found == shown.end() ? nullptr : &found->second));
        }
        ACCESSD_CHECK(
            remove_others(file.at("flows"), shown, {"flows", "flow", "flow_id", "name", {}}));
    }
    // Last, for a source that a flow still uses can't go.
    if (!file.contains("sources")) return {};
    ACCESSD_TRY(const auto shown, listed("/projects/" + project_id_ + "/sources", "name"));
    return remove_others(file.at("sources"), shown, sources);
}

/// A flow is checked as a whole at each change: what is switched on comes before the policy that asks for it, what is
/// switched off after the policy that no longer does.
Result<void> ProjectApply::apply_flow(OrderedJson wanted, const OrderedJson* shown)
{
    const auto name = text_at(wanted, "name");
    const auto methods = wanted.value("methods", OrderedJson::object());
    wanted.erase("methods");
    if (wanted.contains("source")) {
        const auto source = text_at(wanted, "source");
        if (!source_ids_.contains(source)) {
            const auto sentence = "flow " + name + ": there is no source named " + source + ".";
            return Error{ErrorCode::InvalidRequest, sentence}.saying(sentence);
        }
        wanted["source_id"] = source_ids_[source];
        wanted.erase("source");
    }
    OrderedJson now = shown == nullptr ? OrderedJson::object() : *shown;
    if (shown == nullptr) {
        OrderedJson draft = wanted;
        draft["status"] = "draft";
        draft.erase("policy");
        ACCESSD_TRY(now,
                    change("+ flow " + name, "POST", "/projects/" + project_id_ + "/flows", draft));
        if (options_.is_dry) return {};
    }
    ACCESSD_CHECK(apply_methods(methods, now, name, true));
    const auto changed = differences(wanted, now);
    for (const auto& line : changed) applied_.lines.push_back("~ flow " + name + ": " + line);
    if (!changed.empty()) {
        ACCESSD_CHECK(
            change("~ flow " + name, "PATCH", "/flows/" + text_at(now, "flow_id"), wanted));
    }
    return apply_methods(methods, now, name, false);
}

Result<void> ProjectApply::apply_methods(const OrderedJson& wanted, const OrderedJson& shown,
                                         const std::string& flow, bool enabling)
{
    for (const auto& [method, settings] : wanted.items()) {
        const auto methods = shown.value("methods", OrderedJson::object());
        const auto now = methods.value(method, OrderedJson::object());
        if (settings.value("enabled", now.value("enabled", false)) != enabling) continue;
        const auto changed = differences(settings, now);
        if (changed.empty()) continue;
        const auto line = "~ flow " + flow + " " + method;
        for (const auto& one : changed) applied_.lines.push_back(line + ": " + one);
        auto whole =
            now;  // A PUT sets what it doesn't name to its standard; a file leaves that as it is.
        whole.update(settings);
        ACCESSD_CHECK(change(line, "PUT",
                             "/flows/" + text_at(shown, "flow_id") + "/methods/" + method, whole));
    }
    return {};
}

Result<void> ProjectApply::apply_templates(const OrderedJson& file)
{
    if (!file.contains("templates") || (project_id_.empty() && file.at("templates").empty()))
        return {};
    std::map<std::string, OrderedJson> shown;
    const auto path = "/projects/" + project_id_ + "/templates";
    if (!project_id_.empty()) {
        ACCESSD_TRY(const auto all, call_("GET", path, {}));
        for (const auto& item : all.at("templates")) {
            if (text_at(item, "origin") != "own") continue;
            shown.emplace(text_at(item, "channel") + "/" + text_at(item, "language"), item);
        }
    }
    for (const auto& wanted : file.at("templates")) {
        const auto which = text_at(wanted, "channel") + "/" + text_at(wanted, "language");
        const auto found = shown.find(which);
        auto body = wanted;
        body.erase("channel");
        body.erase("language");
        const bool is_there = found != shown.end();
        if (is_there) {
            const bool is_same = differences(body, found->second).empty();
            shown.erase(found);
            if (is_same) continue;
        }
        ACCESSD_CHECK(change((is_there ? "~ template " : "+ template ") + which, "PUT",
                             path + "/" + which, body));
    }
    for (const auto& [which, item] : shown) {
        if (!options_.is_removing) {
            applied_.lines.push_back("  template " + which + ": not in the file, kept (--remove)");
            continue;
        }
        ACCESSD_CHECK(change("- template " + which, "DELETE", path + "/" + which, {}));
    }
    return {};
}

/// What is put whole: a list, or settings of which the file may name only some.
Result<void> ProjectApply::apply_whole(const OrderedJson& file, const std::string& section,
                                       const std::string& path)
{
    if (!file.contains(section)) return {};
    const auto at = "/projects/" + project_id_ + path;
    OrderedJson shown = OrderedJson::object();
    if (!project_id_.empty()) {
        ACCESSD_TRY(shown, call_("GET", at, {}));
    }
    const bool is_list = file.at(section).is_array();
    const auto wanted = is_list ? OrderedJson{{"recipients", file.at(section)}} : file.at(section);
    const auto changed = differences(wanted, shown);
    if (changed.empty() ||
        (project_id_.empty() && wanted == OrderedJson{{"recipients", OrderedJson::array()}}))
        return {};
    for (const auto& line : changed) applied_.lines.push_back("~ " + section + ": " + line);
    auto whole = shown;
    whole.update(wanted, true);
    ACCESSD_CHECK(change("~ " + section, "PUT", at, whole));
    return {};
}

}  // namespace accessd::app
