#include "app/project_commands.h"

#include "app/command_access.h"
#include "app/terminal.h"
#include "config/small_file.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace accessd::app {
namespace {

constexpr std::size_t kFileMax = std::size_t{4} * 1024 * 1024;

/// What an answer that isn't a success says, with the fields at fault.
Error refusal(const nlohmann::json& body)
{
    auto sentence = body.value("error", std::string{"The server refused it."});
    const auto details = body.value("details", nlohmann::json::object());
    if (details.is_object()) {
        for (const auto& field : details.value("fields", nlohmann::json::array())) {
            sentence += " " + field.value("field", "") + " " + field.value("issue", "") + ".";
        }
    }
    return Error{ErrorCode::InvalidRequest, sentence}.saying(sentence);
}

CallApi api_of(AdminAccess& access)
{
    return [&access](const std::string& method, const std::string& path,
                     const OrderedJson& body) -> Result<OrderedJson> {
        ACCESSD_TRY(const auto answer, access.call({{"command", "api"},
                                                    {"method", method},
                                                    {"path", "/v2/access" + path},
                                                    {"body", body.is_null() ? "" : body.dump()}}));
        const auto answered = answer.value("body", nlohmann::json::object());
        if (answer.value("status", 0) / 100 != 2) return refusal(answered);
        return OrderedJson(answered.value("data", nlohmann::json::object()));
    };
}

}  // namespace

int export_project_file(const ConfigChoice& choice, const std::string& project)
{
    int status = kExitOk;
    const auto access = open_access(choice, Missing::Refused, status);
    if (!access) return status;
    const auto file = export_project(api_of(*access), project);
    if (!file) return fail(file.error());
    print_out(file->dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n");
    return kExitOk;
}

int apply_project_file(const ConfigChoice& choice, const std::string& path,
                       const ApplyOptions& options)
{
    const auto text = config::read_small_file(path, kFileMax);
    if (!text) {
        print_error(printable(path) + " " + text.error().detail + ".");
        return kExitUsage;
    }
    const auto file = OrderedJson::parse(*text, nullptr, false);
    if (file.is_discarded()) {
        print_error(printable(path) + " isn't JSON.");
        return kExitUsage;
    }
    int status = kExitOk;
    const auto access = open_access(choice, Missing::Refused, status);
    if (!access) return status;
    ProjectApply apply{api_of(*access), options};
    const auto done = apply.run(file);
    const auto& applied = apply.applied();
    for (const auto& line : applied.lines) print_out(printable(line) + "\n");
    for (const auto& [what, secret] : applied.secrets) {
        print_out(printable(what) + ", shown this once: " + secret + "\n");
    }
    if (!done) return fail(done.error());
    print_out(std::to_string(applied.changes) + (applied.changes == 1 ? " change" : " changes") +
              (options.is_dry ? " to make; nothing was changed\n" : " made\n"));
    return kExitOk;
}

}  // namespace accessd::app
