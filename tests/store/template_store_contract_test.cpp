#include "store_fixture.h"

#include "delivery/template_store.h"

#include <atomic>

namespace accessd::test {
namespace {

using contacts::Channel;
using contacts::Language;
using delivery::MessageTemplate;

/// What every TemplateStore promises.
class TemplateStoreContract : public StoreContract {
protected:
    MessageTemplate made(const std::string& subject, Language language = Language::English)
    {
        MessageTemplate one;
        one.project_id = project_id_;
        one.language = language;
        one.source = {subject, "text ñ\n{{code}}", "<p>{{code}}</p>"};
        one.updated_at = clock_.now();
        return one;
    }
    std::optional<MessageTemplate> stored(Language language = Language::English)
    {
        return *templates_.find(project_id_, Channel::Email, language);
    }

    delivery::TemplateStore& templates_ = stores_->templates();
};

TEST_P(TemplateStoreContract, GivesBackWhatWasPut)
{
    EXPECT_FALSE(stored());

    EXPECT_EQ(*templates_.put(made("one"), std::nullopt), 1);
    EXPECT_EQ(*templates_.put(made("two", Language::Spanish), std::nullopt), 1);

    const auto found = stored();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->source.subject, "one");
    EXPECT_EQ(found->source.text, "text ñ\n{{code}}");
    EXPECT_EQ(found->source.html, "<p>{{code}}</p>");
    EXPECT_EQ(found->version, 1);
    EXPECT_EQ(found->updated_at, clock_.now());
    EXPECT_EQ(templates_.list(project_id_)->size(), 2U);
    EXPECT_TRUE(templates_.list("prj_other")->empty());
    EXPECT_FALSE(*templates_.find("prj_other", Channel::Email, Language::English));
}

TEST_P(TemplateStoreContract, ChangesOnlyWhatWasSeen)
{
    ASSERT_TRUE(templates_.put(made("one"), 0));
    EXPECT_EQ(templates_.put(made("late"), 0).error().code, ErrorCode::Conflict);
    EXPECT_EQ(*templates_.put(made("two"), 1), 2);
    EXPECT_EQ(templates_.put(made("late"), 1).error().code, ErrorCode::Conflict);
    const auto remove = [&](std::optional<std::int64_t> seen) {
        return templates_.remove(project_id_, Channel::Email, Language::English, seen);
    };
    EXPECT_EQ(remove(1).error().code, ErrorCode::Conflict);
    EXPECT_EQ(stored()->source.subject, "two");

    EXPECT_TRUE(*remove(2));
    EXPECT_FALSE(*remove(std::nullopt));
    EXPECT_FALSE(stored());
}

TEST_P(TemplateStoreContract, LetsOneOfManyWhoSawTheSameWin)
{
    for (int round = 0; round < 20; ++round) {
        std::atomic<int> wins{0};
        together(8, [&](int i) {
            if (templates_.put(made(std::to_string(i)), round)) ++wins;
        });
        ASSERT_EQ(wins, 1) << "round " << round;
    }
}

TEST_P(TemplateStoreContract, GoesWithTheProject)
{
    auto orphan = made("x");
    orphan.project_id = new_id("prj_");
    EXPECT_EQ(templates_.put(orphan, std::nullopt).error().code, ErrorCode::ProjectNotFound);
    ASSERT_TRUE(templates_.put(made("one"), std::nullopt));

    ASSERT_TRUE(stores_->projects().remove(project_id_));

    EXPECT_TRUE(templates_.list(project_id_)->empty());
}

INSTANTIATE_TEST_SUITE_P(Engines, TemplateStoreContract, testing::ValuesIn(backends()),
                         backend_name);

}  // namespace
}  // namespace accessd::test
