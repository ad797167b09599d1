#include "base/error.h"
#include "embedded/openapi.h"
#include "http/response.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

// Three lists say which errors there are: the table in http/, openapi/accessd.yaml and
// docs/errors.md. These tests hold them to each other.

namespace accessd::app {
namespace {

using nlohmann::json;
using testing::IsEmpty;

using StatusByName = std::map<std::string, int>;
using Names = std::set<std::string>;

StatusByName known_errors()
{
    StatusByName known;
    for (int i = 0; i <= static_cast<int>(kLastErrorCode); ++i) {
        const auto shown = http::to_public(static_cast<ErrorCode>(i));
        known.emplace(shown.name, shown.status);
    }
    return known;
}

Names names_of(const StatusByName& errors)
{
    Names names;
    for (const auto& [name, status] : errors) names.insert(name);
    return names;
}

/// What is in `some` and not in `others`.
std::vector<std::string> without(const Names& some, const Names& others)
{
    std::vector<std::string> rest;
    std::set_difference(some.begin(), some.end(), others.begin(), others.end(),
                        std::back_inserter(rest));
    return rest;
}

/// A heading of docs/errors.md with what stands below it.
struct Entry {
    std::string name;
    int status = 0;  ///< Of the section it is in: "## 404 Not Found".
    std::string text;
};

std::vector<Entry> read_entries()
{
    std::ifstream file{ACCESSD_SOURCE_DIR "/docs/errors.md"};
    EXPECT_TRUE(file.is_open()) << "docs/errors.md can't be read";
    std::vector<Entry> entries;
    int status = 0;
    bool is_in_entry = false;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("## ")) {
            status = 0;
            std::istringstream{line.substr(3)} >> status;
            is_in_entry = false;
        } else if (line.starts_with("### ")) {
            entries.push_back({line.substr(4), status, {}});
            is_in_entry = true;
        } else if (is_in_entry) {
            entries.back().text += line + '\n';
        }
    }
    return entries;
}

Names headings()
{
    Names names;
    for (const auto& entry : read_entries()) names.insert(entry.name);
    return names;
}

const json& openapi()
{
    static const json document = [] {
        for (const auto& file : embedded_openapi()) {
            if (file.name == "openapi.json") return json::parse(file.bytes);
        }
        return json{};
    }();
    return document;
}

Names texts(const json& list)
{
    Names names;
    for (const auto& name : list) names.insert(name.get<std::string>());
    return names;
}

/// A refusal that a route may answer.
struct Refusal {
    std::string where;  ///< "post /v2/access/keys 403"
    int status = 0;
    json response;  ///< References followed.
};

std::vector<Refusal> refusals()
{
    std::vector<Refusal> found;
    for (const auto& [path, item] : openapi().at("paths").items()) {
        for (const auto& [method, operation] : item.items()) {
            if (method == "parameters") continue;
            for (const auto& [status, response] : operation.at("responses").items()) {
                const auto number = std::stoi(status);
                if (number < 400) continue;
                const auto reference = response.value("$ref", std::string{});
                auto followed = reference.empty()
                                    ? response
                                    : openapi().at(json::json_pointer{reference.substr(1)});
                found.push_back({method + " " + path + " " + status, number, std::move(followed)});
            }
        }
    }
    return found;
}

/// A page for people tells them in words: it has no code.
bool is_page(const json& response)
{
    const auto content = response.value("content", json::object());
    return content.size() == 1 && content.contains("text/html");
}

Names codes_of(const json& response) { return texts(response.value("x-codes", json::array())); }

/// The words of a text that stand between backticks.
Names quoted_words(std::string_view text)
{
    Names words;
    for (auto open = text.find('`'); open != std::string_view::npos; open = text.find('`')) {
        text.remove_prefix(open + 1);
        const auto close = std::min(text.find('`'), text.size());
        words.emplace(text.substr(0, close));
        text.remove_prefix(std::min(close + 1, text.size()));
    }
    return words;
}

TEST(ErrorTable, GivesEveryCodeANameOfItsOwn)
{
    EXPECT_EQ(known_errors().size(), static_cast<std::size_t>(kLastErrorCode) + 1);
}

TEST(ErrorsDocument, ExplainsEveryCodeAndNoOther)
{
    const auto known = names_of(known_errors());

    EXPECT_THAT(without(known, headings()), IsEmpty()) << "codes without an entry";
    EXPECT_THAT(without(headings(), known), IsEmpty()) << "entries of no code";
}

TEST(ErrorsDocument, ExplainsEachCodeOnceUnderItsStatus)
{
    const auto known = known_errors();
    Names seen;
    for (const auto& entry : read_entries()) {
        EXPECT_TRUE(seen.insert(entry.name).second) << entry.name << " is explained twice";
        const auto found = known.find(entry.name);
        if (found == known.end()) continue;  // Another test's matter.
        EXPECT_EQ(entry.status, found->second) << entry.name;
    }
}

TEST(ErrorsDocument, SaysWhyAndWhatToDo)
{
    for (const auto& entry : read_entries()) {
        EXPECT_NE(entry.text.find("\n- **Why:** "), std::string::npos) << entry.name;
        EXPECT_NE(entry.text.find("\n- **Do:** "), std::string::npos) << entry.name;
    }
}

TEST(OpenApi, NamesEveryCodeAndNoOther)
{
    const auto known = names_of(known_errors());
    const auto named = texts(openapi().at("components").at("schemas").at("ErrorCode").at("enum"));

    EXPECT_THAT(without(known, named), IsEmpty()) << "codes missing in ErrorCode";
    EXPECT_THAT(without(named, known), IsEmpty()) << "ErrorCode names what is no code";
}

TEST(OpenApi, ListsEachCodeUnderItsStatus)
{
    const auto known = known_errors();
    ASSERT_THAT(refusals(), testing::Not(IsEmpty()));
    for (const auto& refusal : refusals()) {
        if (!is_page(refusal.response)) {
            EXPECT_THAT(codes_of(refusal.response), testing::Not(IsEmpty()))
                << refusal.where << " has no x-codes";
        }
        for (const auto& code : codes_of(refusal.response)) {
            const auto found = known.find(code);
            const int status = found == known.end() ? 0 : found->second;
            EXPECT_EQ(refusal.status, status) << refusal.where << " lists " << code;
        }
    }
}

TEST(OpenApi, ExplainsTheCodesThatAResponseLists)
{
    const auto known = names_of(known_errors());
    for (const auto& refusal : refusals()) {
        const auto listed = codes_of(refusal.response);
        const auto words = quoted_words(refusal.response.at("description").get<std::string>());

        EXPECT_THAT(without(listed, words), IsEmpty())
            << refusal.where << " lists codes that its description doesn't name";
        const auto unlisted = without(words, listed);
        for (const auto& word : unlisted) {
            EXPECT_FALSE(known.contains(word)) << refusal.where << " doesn't list " << word;
        }
    }
}

TEST(OpenApi, HasAResponseForEveryCode)
{
    Names listed;
    for (const auto& refusal : refusals()) listed.merge(codes_of(refusal.response));
    // Some belong to no route: a path that is there answers 405 to any other method.
    for (const auto& [name, response] : openapi().at("components").at("responses").items()) {
        listed.merge(codes_of(response));
    }

    EXPECT_THAT(without(names_of(known_errors()), listed), IsEmpty()) << "codes nobody answers";
}

}  // namespace
}  // namespace accessd::app
