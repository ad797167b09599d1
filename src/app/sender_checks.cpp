#include "app/sender_checks.h"

#include "app/doctor_checks.h"
#include "app/doctor_network.h"
#include "app/terminal.h"
#include "delivery/sender_pool.h"
#include "http/render.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <utility>

namespace accessd::app {
namespace {

constexpr int kPageSize = 200;
constexpr auto kTimeout = std::chrono::seconds{10};

/// What is wrong with one project's account is that project's to mend, and no fault of the installation.
Finding of_project(Finding finding, const std::string& name)
{
    finding.text = name + ": " + finding.text;
    if (finding.status == Finding::Status::Fail) finding.status = Finding::Status::Warn;
    return finding;
}

}  // namespace

Result<nlohmann::json> list_active_senders(projects::ProjectStore& projects,
                                           delivery::SenderStore& senders, const std::string& after)
{
    PageRequest request{.limit = kPageSize};
    if (!after.empty()) request.after = after;
    ACCESSD_TRY(const auto page, projects.list(ProjectScope::all(), request));
    nlohmann::json answer{{"items", nlohmann::json::array()}, {"next", http::or_null(page.next)}};
    for (const auto& project : page.items) {
        ACCESSD_TRY(const auto active, senders.active(project.id));
        for (const auto& sender : active) {
            answer["items"].push_back({{"project_id", project.id}, {"sender_id", sender.id}});
        }
    }
    return answer;
}

Result<nlohmann::json> SenderChecks::run(const nlohmann::json& request) const
{
    for (const auto* name : {"project_id", "sender_id"}) {
        if (!request.contains(name) || !request[name].is_string()) {
            const auto sentence = std::string{"The field "} + name + " must be a text.";
            return Error{ErrorCode::InvalidRequest, sentence}.saying(sentence);
        }
    }
    const auto project_id = request["project_id"].get<std::string>();
    ACCESSD_TRY(const auto account,
                parts_.senders.find(request["sender_id"], ProjectScope::only({project_id})));
    if (!account) return ErrorCode::SenderNotFound;

    const auto check = "sender." + account->id;
    const auto where = "sender " + account->id + " of project " + project_id;
    Finding finding;
    if (account->kind == delivery::SenderKind::Smtp) {
        Secret password;
        if (!account->sealed_password.empty()) {
            ACCESSD_TRY(password,
                        parts_.keyring.unseal(account->sealed_password,
                                              delivery::sender_context(account->id, "password")));
        }
        const auto smtp = delivery::to_smtp(account->smtp, std::move(password), kTimeout);
        finding = check_relay(smtp, check, where, &parts_.guard);
    } else {
        ACCESSD_TRY(const auto opened, delivery::open_account(*account, parts_.keyring));
        finding = check_account(opened, check, where, parts_.http);
    }
    return to_json(of_project(std::move(finding), printable(account->name)));
}

}  // namespace accessd::app
