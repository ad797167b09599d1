#include "app/api_by_command.h"

#include "base/json.h"
#include "events/command_subject.h"
#include "http/response.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace accessd::app {
namespace {

Caller commands_caller()
{
    Caller caller;
    caller.subject = events::kCommandSubject;
    caller.scopes = static_cast<std::uint8_t>(Scope::Any);
    caller.projects = ProjectScope::all();
    return caller;
}

Error refuse(const std::string& sentence)
{
    return Error{ErrorCode::InvalidRequest, sentence}.saying(sentence);
}

nlohmann::json to_json(const http::Response& response)
{
    auto body = parse_json(response.body);
    return {{"status", response.status}, {"body", body ? *std::move(body) : nlohmann::json{}}};
}

}  // namespace

Result<nlohmann::json> ApiByCommand::run(const nlohmann::json& request) const
{
    for (const auto* name : {"method", "path", "body"}) {
        if (!request.contains(name) || !request[name].is_string()) {
            return refuse(std::string{"The field "} + name + " must be a text.");
        }
    }
    return call(request["method"], request["path"], request["body"]);
}

Result<nlohmann::json> ApiByCommand::call(const std::string& method, const std::string& path,
                                          const std::string& body) const
{
    if (!path.starts_with(http::kApiPath))
        return refuse("A path of the API begins with /v2/access/.");
    http::Request request;
    request.method = method;
    const auto question = path.find('?');
    request.path = path.substr(0, question);
    if (question != std::string::npos) request.query = path.substr(question + 1);
    request.body = body;
    request.headers.push_back({"Content-Type", "application/json"});
    request.caller = commands_caller();

    auto match = router_.find(method, request.path);
    if (!match) return to_json(http::failure(match.error(), {}));
    const auto& options = match->route->options;
    if (!options.body_folder.empty() || !options.json_answer) {
        return refuse("This route takes or gives files, which a command can't.");
    }
    request.parameters = std::move(match->parameters);
    const auto answer = match->route->handler(request);
    return to_json(answer ? *answer : http::failure(answer.error(), {}));
}

}  // namespace accessd::app
