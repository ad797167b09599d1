// What customers' databases and services say about a person: whatever it is, it names the person that was asked for
// or nobody, for a code goes to whom it names.

#include "fuzz.h"

#include "base/encoding.h"
#include "contacts/email_address.h"
#include "contacts/phone_number.h"
#include "sources/http_source_client.h"
#include "sources/record_mapping.h"
#include "support/fakes.h"
#include "users/directory.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace accessd::fuzz {
namespace {

using sources::Finding;
using users::Contact;
using users::ContactKind;

/// Answers what it is told to.
class ScriptedHttp final : public outbound::HttpClient {
public:
    explicit ScriptedHttp(std::string_view body) { answer_.status = 200, answer_.body = body; }
    outbound::HttpResult send(const outbound::HttpRequest&) override { return answer_; }

private:
    outbound::HttpAnswer answer_;
};

const std::vector<Contact>& contacts_asked()
{
    static const std::vector<Contact> all{{ContactKind::Email, "ana@example.com"},
                                          {ContactKind::Phone, "+34600123456"},
                                          {ContactKind::UserId, "1001"}};
    return all;
}

/// The ways that people map answers: not at all, by names, by JSON pointers.
sources::SourceSettings settings_of(unsigned way)
{
    sources::SourceSettings settings;
    settings.http.url = "https://shop.example/people/{email}";
    if (way % 2 == 1) settings.http.record_pointer = "/data/0";
    if (way / 2 % 3 == 1) {
        settings.mapping.fields = {{"user_id", "Id"}, {"email", "mail"}, {"allowed", "active"}};
        settings.mapping.claims = {{"plan", "plan"}};
    } else if (way / 2 % 3 == 2) {
        settings.mapping.fields = {{"user_id", "/id"}, {"email", "/contact/email/0"}};
        settings.mapping.claims = {{"plan", "/plan"}, {"all", "/"}, {"odd", "/a~1b/01"}};
    }
    return settings;
}

bool is_utf8(std::string_view text)
{
    for (std::size_t at = 0; at < text.size();) {
        const auto length = utf8_length(text, at);
        if (length == 0) return false;
        at += length;
    }
    return true;
}

void check_person(const users::Person& person, const Contact& asked)
{
    require(users::is_user_id(person.user_id), "a person has an id");
    switch (asked.kind) {
    case ContactKind::Email:
        require(person.email == asked.text, "with the address asked for");
        break;
    case ContactKind::Phone:
        require(person.phone == asked.text, "with the number asked for");
        break;
    case ContactKind::UserId: require(person.user_id == asked.text, "with the id asked for"); break;
    }
    if (person.email) {
        const auto email = contacts::EmailAddress::parse(*person.email);
        require(email && email->text() == *person.email, "an address is canonical");
    }
    require(!person.phone || contacts::is_e164(*person.phone), "a number is E.164");
    require(!person.name || (person.name->size() <= 200 && is_utf8(*person.name)),
            "a name can be shown");
    require(person.claims.size() <= sources::kClaimsBytesMax &&
                nlohmann::json::parse(person.claims, nullptr, false).is_object(),
            "claims are a small object");
}

void check_finding(const Finding& finding, const Contact& asked)
{
    switch (finding.status) {
    case Finding::Status::Known:
    case Finding::Status::NotAllowed: return check_person(finding.person, asked);
    case Finding::Status::Unknown: break;
    case Finding::Status::Refused:
    case Finding::Status::Unusable:
        require(!finding.words.empty(), "a refusal says why");
        require(is_utf8(finding.words), "in words that can be shown");
    }
    require(finding.person == users::Person{}, "nobody is named");
}

void try_service(unsigned way, std::string_view body)
{
    const auto settings = settings_of(way);
    ScriptedHttp http{body};
    test::FakeClock clock;
    sources::HttpSourceClient client{settings, http, clock};
    for (const auto& asked : contacts_asked()) {
        const auto answer = client.ask(asked, std::chrono::steady_clock::now());
        if (!answer) {
            require(!answer.error().words.empty() && is_utf8(answer.error().words),
                    "a failure says why");
            continue;
        }
        require(answer->records.size() <= 2, "more than one is as ambiguous as many");
        check_finding(find_person(*answer, settings.mapping, asked), asked);
    }
}

/// Columns of a row: name, value, name, value, between NUL bytes.
void try_row(unsigned way, std::string_view input)
{
    constexpr std::size_t parts_count = 12;
    const auto parts = split(input, parts_count);
    sources::Answer answer;
    answer.has_fixed_names = true;
    sources::Record record;
    for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
        if (parts[i].empty()) continue;
        const auto type = static_cast<sources::ValueType>(i / 2 % 5);
        answer.names.push_back(parts[i]);
        record.push_back(sources::make_field(parts[i], parts[i + 1], type));
    }
    answer.records.push_back(record);
    const auto settings = settings_of(way);
    for (const auto& asked : contacts_asked()) {
        check_finding(find_person(answer, settings.mapping, asked), asked);
    }
}

}  // namespace

/// The first byte chooses the kind of source, the second its mapping.
void try_answer(std::string_view input)
{
    if (input.size() < 2) return;
    const auto way = static_cast<unsigned char>(input[1]) % 6U;
    if (input[0] == 'r') return try_row(way, input.substr(2));
    try_service(way, input.substr(2));
}

}  // namespace accessd::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    accessd::fuzz::try_answer(accessd::fuzz::to_view(data, size));
    return 0;
}
