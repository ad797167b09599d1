#include "app/quick_start.h"

#include "events/audit.h"
#include "projects/project_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>

namespace accessd::app {
namespace {

constexpr auto kSlug = "quick-start";
constexpr auto kAllScopes = static_cast<std::uint8_t>(Scope::Any);

Result<std::string> find_or_make_project(Parts& parts)
{
    ACCESSD_TRY(const auto found, parts.stores.projects().find_by_slug(kSlug));
    if (found) return found->id;
    projects::Project project;
    project.name = "Quick start";
    project.slug = kSlug;
    ACCESSD_TRY(const auto made, parts.projects.create(std::move(project), events::audit_of_command(
                                                                               "project.created")));
    return made.project.id;
}

/// NAME='value' lines, as write_variables() makes them.
std::map<std::string, std::string> read_variables(const std::string& file)
{
    std::map<std::string, std::string> variables;
    std::ifstream lines{file};
    for (std::string line; std::getline(lines, line);) {
        const auto equals = line.find("='");
        if (equals == std::string::npos || !line.ends_with('\'')) continue;
        const auto start = equals + 2;
        variables[line.substr(0, equals)] = line.substr(start, line.size() - start - 1);
    }
    return variables;
}

Result<void> write_variables(const QuickStart& start)
{
    // None of the values can hold a quote: they are made of ids, base64url and a checked URL.
    const auto text = "URL='" + start.url + "'\nPROJECT='" + start.project_id + "'\nCLIENT_ID='" +
                      start.client_id + "'\nCLIENT_SECRET='" + start.client_secret + "'\nTOKEN='" +
                      start.token + "'\n";
    ::unlink(start.env_file.c_str());
    const int file =
        ::open(start.env_file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    const bool is_written =
        file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    const std::string problem = is_written ? "" : std::strerror(errno);
    if (file >= 0) ::close(file);
    if (!is_written) {
        const auto sentence = start.env_file + " can't be written (" + problem + ").";
        return Error{ErrorCode::Internal, sentence}.saying(sentence);
    }
    return {};
}

/// The key of an earlier start, if it is still good.
Result<std::optional<tokens::ApiKey>> known_key(Parts& parts, QuickStart& start)
{
    auto variables = read_variables(start.env_file);
    start.client_id = variables["CLIENT_ID"];
    start.client_secret = variables["CLIENT_SECRET"];
    auto key = parts.api_keys.authenticate(start.client_id, Secret{start.client_secret}, "local");
    if (key && key->project_id.empty()) return std::optional{std::move(*key)};
    if (!key && key.error().code == ErrorCode::StoreUnavailable) return std::move(key).error();
    return std::optional<tokens::ApiKey>{};
}

}  // namespace

Result<QuickStart> prepare_quick_start(Parts& parts, const std::string& data_dir,
                                       const std::string& url)
{
    QuickStart start;
    start.url = url;
    start.env_file = data_dir + "/quick_start.env";
    ACCESSD_TRY(start.project_id, find_or_make_project(parts));
    ACCESSD_TRY(auto key, known_key(parts, start));
    if (!key) {
        ACCESSD_TRY(auto created, parts.api_keys.create("Quick start", kAllScopes, {},
                                                        events::audit_of_command("key.created")));
        start.client_id = created.key.id;
        start.client_secret = created.secret.reveal();
        key = std::move(created.key);
    }
    start.token = parts.api_tokens.issue(*key).token;
    ACCESSD_CHECK(write_variables(start));
    return start;
}

std::string quick_start_text(const QuickStart& start, bool has_docs)
{
    std::string text = R"text(
accessd serves at URL   (Ctrl-C ends it)
DOCS
A test project is set up: messages go to its inbox, nobody gets mail. Paste this into another terminal to
log a person in:

    URL='URL'
    PROJECT='PROJECT'
    TOKEN='TOKEN'

    VALIDATION=$(curl -sS "$URL/v2/access/email/send-otp" -H "Authorization: Bearer $TOKEN" \
        -H 'Content-Type: application/json' \
        -d '{"email": "user@example.com", "project_id": "'"$PROJECT"'"}' |
        tee /dev/stderr | sed 's/.*"validation_id":"\([^"]*\)".*/\1/'); echo

    curl -sS "$URL/v2/access/email/verify-otp" -H "Authorization: Bearer $TOKEN" \
        -H 'Content-Type: application/json' \
        -d '{"email": "user@example.com", "otp": "123456", "validation_id": "'"$VALIDATION"'"}'; echo

The token is good for an hour. ENV_FILE holds it and the key it was made from.

)text";
    const auto replace = [&text](std::string_view name, const std::string& value) {
        for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at)) {
            text.replace(at, name.size(), value);
            at += value.size();
        }
    };
    replace("serves at URL", "serves at " + start.url);
    replace("='URL'", "='" + start.url + "'");
    replace("='PROJECT'", "='" + start.project_id + "'");
    replace("='TOKEN'", "='" + start.token + "'");
    replace("ENV_FILE", start.env_file);
    replace("DOCS\n", has_docs ? "The API is described at " + start.url + "/docs\n" : "");
    return text;
}

}  // namespace accessd::app
