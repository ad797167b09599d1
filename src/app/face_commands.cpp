#include "app/face_commands.h"

#include "app/command_access.h"
#include "app/models_commands.h"
#include "app/terminal.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace accessd::app {
namespace {

void print_report(const nlohmann::json& report)
{
    std::vector<std::vector<std::string>> rows{{"PROJECT", "MODEL", "FACES", "PEOPLE", "STATE"}};
    for (const auto& row : report.at("models")) {
        rows.push_back({text_of(row, "project_id"), text_of(row, "model"),
                        std::to_string(row.at("faces").get<std::int64_t>()),
                        std::to_string(row.at("users").get<std::int64_t>()),
                        row.at("is_current").get<bool>() ? "current" : "can't be compared"});
    }
    if (rows.size() == 1) {
        print_out("Nobody has a face enrolled.\n");
        return;
    }
    print_table(rows);
    for (const auto& project : report.at("must_enrol_again")) {
        print_out("\nTo enrol again in " + text_of(project, "project_id") + ":\n");
        for (const auto& user : project.at("user_ids")) {
            print_out("  " + printable(user.get<std::string>()) + "\n");
        }
    }
    if (report.at("must_enrol_again").empty()) {
        print_out("\nEverybody can log in with the face that is enrolled.\n");
    }
}

}  // namespace

int report_reenrolment(const ConfigChoice& choice, Output output)
{
    int status = kExitOk;
    const auto config = find_config(choice, Missing::Refused, status);
    if (!config) return status;
    const auto models = face::find_models(models_settings(config->biometrics));
    if (!models) {
        print_error("The face models can't be read: " + models.error().detail);
        return kExitFailed;
    }
    const auto access = open_access(choice, Missing::Refused, status);
    if (!access) return status;
    const auto report =
        access->call({{"command", "faces.reenrol-report"}, {"model", models->id()}});
    if (!report) return fail(report.error());
    if (output == Output::Json) {
        print_json(*report);
    } else {
        print_report(*report);
    }
    return kExitOk;
}

}  // namespace accessd::app
