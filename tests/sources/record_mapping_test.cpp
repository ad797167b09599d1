#include "sources/record_mapping.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace accessd::test {
namespace {

using sources::Answer;
using sources::find_person;
using sources::Finding;
using sources::make_field;
using sources::Mapping;
using sources::Record;
using sources::ValueType;
using users::Contact;
using users::ContactKind;

using Cell = std::pair<std::string, std::optional<std::string>>;

Answer answer_of(const std::vector<std::vector<Cell>>& rows, const std::vector<std::string>& names)
{
    Answer answer;
    answer.names = names;
    answer.has_fixed_names = true;
    for (const auto& row : rows) {
        Record record;
        for (const auto& [name, text] : row) {
            record.push_back(make_field(name, text, ValueType::Text));
        }
        answer.records.push_back(std::move(record));
    }
    return answer;
}

Answer row_of(const std::vector<Cell>& row)
{
    std::vector<std::string> names;
    for (const auto& [name, text] : row) names.push_back(name);
    return answer_of({row}, names);
}

const Contact ana{ContactKind::Email, "ana@example.com"};

TEST(RecordMapping, ReadsARow)
{
    auto answer = row_of({{"USER_ID", "42"},
                          {"Email", "ANA@example.com"},
                          {"phone", "+34 600-00-00-01"},
                          {"name", "Ana"},
                          {"allowed", "t"}});
    answer.records[0].push_back(make_field("plan", "gold", ValueType::Text));
    answer.records[0].push_back(make_field("score", "7", ValueType::Integer));
    answer.records[0].push_back(make_field("tags", "[1]", ValueType::Json));
    for (const auto* name : {"plan", "score", "tags"}) answer.names.emplace_back(name);
    const Mapping mapping{{}, {{"p", "plan"}, {"score", "score"}, {"tags", "tags"}}};

    const auto found = find_person(answer, mapping, ana);

    ASSERT_EQ(found.status, Finding::Status::Known) << found.words;
    EXPECT_EQ(found.person.user_id, "42");
    EXPECT_EQ(found.person.email, "ana@example.com");
    EXPECT_EQ(found.person.phone, "+34600000001");
    EXPECT_EQ(found.person.claims, R"({"p":"gold","score":7,"tags":[1]})");
}

TEST(RecordMapping, KnowsNobodyInNoRow)
{
    const auto found = find_person(answer_of({}, {"user_id", "email"}), {}, ana);
    EXPECT_EQ(found.status, Finding::Status::Unknown);
}

TEST(RecordMapping, TakesNoneOfTwoRows)
{
    const std::vector<Cell> row{{"user_id", "42"}, {"email", "ana@example.com"}};
    const auto found = find_person(answer_of({row, row}, {"user_id", "email"}), {}, ana);
    EXPECT_EQ(found.status, Finding::Status::Refused);
    EXPECT_NE(found.words.find("more than one row"), std::string::npos);
}

TEST(RecordMapping, TakesNoRowOfAnotherContact)
{
    for (const char* other : {"anna@example.com", "ana@example.com.evil.example", "", "nobody"}) {
        const auto found =
            find_person(row_of({{"user_id", "42"}, {"email", std::string{other}}}), {}, ana);
        EXPECT_EQ(found.status, Finding::Status::Refused) << other;
    }
    const auto null = find_person(row_of({{"user_id", "42"}, {"email", std::nullopt}}), {}, ana);
    EXPECT_EQ(null.status, Finding::Status::Refused);
    const Contact phone{ContactKind::Phone, "+34600000001"};
    EXPECT_EQ(find_person(row_of({{"user_id", "42"}, {"phone", "+34600000002"}}), {}, phone).status,
              Finding::Status::Refused);
}

TEST(RecordMapping, NamesTheColumnThatIsMissing)
{
    const auto found = find_person(answer_of({}, {"id", "mail"}), {{{"user_id", "id"}}, {}}, ana);
    EXPECT_EQ(found.status, Finding::Status::Unusable);
    EXPECT_EQ(found.words,
              "connected, but the query has no column named email; it returns id, mail");
    const auto claim =
        find_person(answer_of({}, {"user_id", "email"}), {{}, {{"plan", "tier"}}}, ana);
    EXPECT_EQ(claim.status, Finding::Status::Unusable);
}

TEST(RecordMapping, KeepsOutWhoIsNotAllowed)
{
    const auto status_of = [](std::optional<std::string> allowed) {
        return find_person(row_of({{"user_id", "42"},
                                   {"email", "ana@example.com"},
                                   {"allowed", std::move(allowed)}}),
                           {}, ana)
            .status;
    };
    for (const char* yes : {"t", "TRUE", "1", "yes", "on"}) {
        EXPECT_EQ(status_of(yes), Finding::Status::Known) << yes;
    }
    for (const char* no : {"f", "false", "0", "No", ""}) {
        EXPECT_EQ(status_of(no), Finding::Status::NotAllowed) << no;
    }
    EXPECT_EQ(status_of(std::nullopt), Finding::Status::NotAllowed);
    EXPECT_EQ(status_of("perhaps"), Finding::Status::Refused);
}

TEST(RecordMapping, RefusesWhatNoTokenMayCarry)
{
    const auto refused = [](std::vector<Cell> row, const Mapping& mapping = {}) {
        return find_person(row_of(row), mapping, ana).status == Finding::Status::Refused;
    };
    EXPECT_TRUE(refused({{"user_id", "a b"}, {"email", "ana@example.com"}}));
    EXPECT_TRUE(refused({{"user_id", std::nullopt}, {"email", "ana@example.com"}}));
    EXPECT_TRUE(refused({{"user_id", "4\xFF"}, {"email", "ana@example.com"}}));
    EXPECT_TRUE(refused({{"user_id", "42"}, {"email", "ana@example.com"}, {"name", "\xC3\x28"}}));
    EXPECT_TRUE(refused({{"user_id", "42"}, {"email", "ana@example.com"}, {"x", "\xC3\x28"}},
                        {{}, {{"x", "x"}}}));
    EXPECT_TRUE(
        refused({{"user_id", "42"}, {"email", "ana@example.com"}, {"x", std::string(5000, 'x')}},
                {{}, {{"x", "x"}}}));
}

}  // namespace
}  // namespace accessd::test
