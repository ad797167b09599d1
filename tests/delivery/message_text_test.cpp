#include "delivery/message_text.h"

#include "delivery/delivery_fakes.h"
#include "delivery/message_delivery.h"
#include "delivery/template_check.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>

namespace accessd::delivery {
namespace {

using std::chrono::seconds;

/// Templates of one project, in memory.
class FakeTemplates final : public TemplateStore {
public:
    Result<std::vector<MessageTemplate>> list(const std::string&) override
    {
        return std::vector<MessageTemplate>{};
    }
    Result<std::optional<MessageTemplate>> find(const std::string&, contacts::Channel,
                                                contacts::Language) override
    {
        ++reads;
        if (is_away) return ErrorCode::StoreUnavailable;
        return own;
    }
    Result<std::int64_t> put(const MessageTemplate&, std::optional<std::int64_t>,
                             const events::AuditEntry&) override
    {
        return 1;
    }
    Result<bool> remove(const std::string&, contacts::Channel, contacts::Language,
                        std::optional<std::int64_t>, const events::AuditEntry&) override
    {
        return true;
    }

    std::optional<MessageTemplate> own;
    int reads = 0;
    bool is_away = false;
};

class MessageTextTest : public testing::Test {
protected:
    MessageTextTest()
    {
        routes_.add(sender_, "smtp");
        projects_.setup->project.id = "prj_1";
        projects_.setup->project.name = "Cafe Ana";
        message_ = {.id = "msg_1",
                    .project_id = "prj_1",
                    .validation_id = "val_1",
                    .recipient = "ana@example.com",
                    .sealed_code = keys_.keyring->seal("123456", code_context("val_1")),
                    .created_at = clock_.now(),
                    .expires_at = clock_.now() + seconds{600}};
    }

    void use(EmailText source)
    {
        templates_.own = MessageTemplate{.project_id = "prj_1", .source = std::move(source)};
        cache_.forget();
    }

    AttemptReport deliver()
    {
        MessageDelivery delivery{{.outbox = outbox_,
                                  .projects = projects_,
                                  .routes = routes_,
                                  .keyring = *keys_.keyring,
                                  .metrics = metrics_,
                                  .clock = clock_,
                                  .templates = &cache_}};
        return delivery.deliver(message_, clock_.now() + seconds{60}).reports.back();
    }

    test::FakeClock clock_;
    test::FakeOutbox outbox_;
    test::FakeProjects projects_;
    test::FakeSender sender_;
    test::FakeRoutes routes_{clock_};
    test::MemoryKeyring keys_{clock_};
    metrics::Metrics metrics_;
    FakeTemplates templates_;
    TemplateCache cache_{templates_, clock_};
    Message message_;
};

TEST_F(MessageTextTest, UsesTheProjectsOwnWords)
{
    use({"Hola {{code}}", "own {{code}} {{minutes}}", "<b>{{code}}</b> {{project}}"});

    const auto report = deliver();

    EXPECT_EQ(report.attempt.reason, "");
    ASSERT_EQ(sender_.sent.size(), 1U);
    EXPECT_EQ(sender_.sent[0].subject, "Hola 123456");
    EXPECT_EQ(sender_.sent[0].text, "own 123456 10");
    EXPECT_EQ(sender_.sent[0].html, "<b>123456</b> Cafe Ana");
}

TEST_F(MessageTextTest, FallsBackToTheBuiltInTemplateAndSaysSo)
{
    use({"{{code}}", "{{code}}", "<script>{{code}}</script>"});

    const auto report = deliver();

    EXPECT_EQ(report.status, MessageStatus::Sent);
    EXPECT_NE(report.attempt.reason.find("scripts"), std::string::npos) << report.attempt.reason;
    EXPECT_NE(report.attempt.reason.find("built-in"), std::string::npos);
    ASSERT_EQ(sender_.sent.size(), 1U);
    EXPECT_EQ(sender_.sent[0].subject, "123456 is your Cafe Ana code");
    message_.test = true;
    EXPECT_EQ(deliver().attempt.reason, report.attempt.reason);
}

TEST_F(MessageTextTest, FallsBackWhenWhatIsFilledInGrowsTooLarge)
{
    EmailText source{"{{code}}", "{{code}}", "{{code}}"};
    for (int i = 0; i < 190; ++i) source.html += "{{project}}";
    use(source);
    projects_.setup->project.name = std::string(600, '<');

    const auto report = deliver();

    EXPECT_EQ(report.status, MessageStatus::Sent);
    EXPECT_NE(report.attempt.reason.find("too large"), std::string::npos) << report.attempt.reason;
}

TEST_F(MessageTextTest, HoldsNoCodeUpWhenTemplatesCantBeRead)
{
    templates_.is_away = true;

    const auto report = deliver();

    EXPECT_EQ(report.status, MessageStatus::Sent);
    EXPECT_EQ(sender_.sent[0].subject, "123456 is your Cafe Ana code");
    EXPECT_FALSE(report.attempt.reason.empty());
}

TEST_F(MessageTextTest, ReadsATemplateOnceInTwoSeconds)
{
    for (int i = 0; i < 5; ++i) deliver();
    EXPECT_EQ(templates_.reads, 1);

    clock_.advance(TemplateCache::kMaxAge);
    deliver();
    EXPECT_EQ(templates_.reads, 2);
    cache_.forget();
    deliver();
    EXPECT_EQ(templates_.reads, 3);
}

}  // namespace
}  // namespace accessd::delivery
