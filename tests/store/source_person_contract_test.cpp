#include "store_fixture.h"

#include <algorithm>

namespace accessd::test {
namespace {

/// What every engine does with a person whom an external source named.
class SourcePersonContract : public StoreContract {
protected:
    users::Person person(const std::string& user_id, const std::string& email)
    {
        users::Person made;
        made.user_id = user_id;
        made.email = email;
        made.claims = R"({"plan":"gold"})";
        return made;
    }
    Result<access::UsedCode> use(const std::string& email, std::optional<users::Person> named)
    {
        auto request = use_code(sent(email));
        request.asks_source = true;
        request.create_user = false;
        request.person = std::move(named);
        return validations_.use(request);
    }
    std::optional<users::User> find(const std::string& user_id)
    {
        return *stores_->users().find(project_id_, user_id);
    }
};

TEST_P(SourcePersonContract, BecomesAUserAndStaysOne)
{
    const auto first = use("ana@example.com", person("ana", "ana@example.com"));
    ASSERT_TRUE(first);
    EXPECT_EQ(first->user.user_id, "ana");
    EXPECT_EQ(first->user.claims, R"({"plan":"gold"})");

    const auto again = use("ana@example.com", person("ana", "ana@example.com"));

    ASSERT_TRUE(again);
    EXPECT_EQ(again->user.version, 1) << "nothing changed, so nothing is written";
    const auto names = event_names();
    EXPECT_EQ(std::count(names.begin(), names.end(), "user.created"), 1);
    EXPECT_EQ(std::count(names.begin(), names.end(), "user.updated"), 0);
}

TEST_P(SourcePersonContract, TakesTheirContactFromWhoeverHadIt)
{
    ASSERT_TRUE(stores_->users().insert(user("old", "ana@example.com"), true));

    const auto used = use("ana@example.com", person("ana", "ana@example.com"));

    ASSERT_TRUE(used);
    EXPECT_EQ(used->user.user_id, "ana");
    EXPECT_EQ(find("old")->email, std::nullopt);
}

TEST_P(SourcePersonContract, NobodyNamedIsNobodyWhateverTheDirectoryHolds)
{
    ASSERT_TRUE(stores_->users().insert(user("ana", "ana@example.com"), true));

    const auto used = use("ana@example.com", std::nullopt);

    ASSERT_FALSE(used);
    EXPECT_EQ(used.error().code, ErrorCode::LoginUserMismatch);
}

TEST_P(SourcePersonContract, DownAndUpAreToldOnce)
{
    users::Source source;
    source.id = "src_1";
    source.project_id = project_id_;
    source.name = "Customers";
    source.kind = users::SourceKind::Postgres;
    source.sealed_settings = "sealed";
    source.created_at = source.updated_at = clock_.now();
    auto& sources = stores_->sources();
    ASSERT_TRUE(sources.insert(source));
    EXPECT_EQ((*sources.find("src_1", ProjectScope::all()))->sealed_settings, "sealed");

    for (const bool is_down : {false, true, true, false, false}) {
        ASSERT_TRUE(sources.note_health(project_id_, "src_1", is_down, "refused", clock_.now()));
    }

    EXPECT_EQ(event_names(), (std::vector<std::string>{"source.down", "source.up"}));
}

INSTANTIATE_TEST_SUITE_P(Engines, SourcePersonContract, testing::ValuesIn(backends()),
                         backend_name);

}  // namespace
}  // namespace accessd::test
