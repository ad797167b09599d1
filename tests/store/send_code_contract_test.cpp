#include "store_fixture.h"

#include <algorithm>
#include <atomic>
#include <random>

namespace accessd::test {
namespace {

using access::ValidationStatus;
using namespace std::chrono_literals;

/// What every ValidationStore promises about sending codes.
class SendCodeContract : public StoreContract {
protected:
    std::string last_sealed(const access::Validation& validation)
    {
        return stores_->outbox().of_validation(project_id_, validation.id)->back().sealed_code;
    }
};

TEST_P(SendCodeContract, QueuesTheMessageWithTheValidation)
{
    const auto validation = sent("ana@example.com");

    const auto messages = *stores_->outbox().of_validation(project_id_, validation.id);
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0].recipient, "ana@example.com");
    EXPECT_EQ(messages[0].sealed_code, "sealed right");
    EXPECT_EQ(messages[0].status, delivery::MessageStatus::Queued);
    EXPECT_EQ(messages[0].expires_at, validation.expires_at);
    EXPECT_TRUE(messages[0].test);
}

TEST_P(SendCodeContract, PutsAMessageIntoTheInboxWithoutAWorker)
{
    auto send = send_code("ana@example.com");
    send.into_inbox = true;

    const auto sent = validations_.send(send);

    ASSERT_TRUE(sent);
    EXPECT_TRUE(stores_->outbox().lease(10, 60s, clock_.now())->empty());
    const auto messages = stores_->outbox().of_validation(project_id_, sent->validation.id);
    ASSERT_EQ(messages->size(), 1U);
    EXPECT_EQ(messages->front().status, delivery::MessageStatus::Delivered);
    EXPECT_FALSE(messages->front().sealed_code.empty());
    const auto attempts =
        stores_->outbox().attempts_of_validation(project_id_, sent->validation.id);
    ASSERT_EQ(attempts->size(), 1U);
    EXPECT_EQ(attempts->front().sender, "inbox");
    EXPECT_EQ(attempts->front().outcome, delivery::Attempt::Outcome::Accepted);
    const std::vector<std::string> expected{"validation.created", "otp.sent", "otp.delivered"};
    EXPECT_EQ(event_names(), expected);
}

TEST_P(SendCodeContract, SendsTheSameCodeAgainWhileItIsUntried)
{
    const auto first = sent("ana@example.com");
    clock_.advance(60s);

    const auto again = validations_.send(send_code("ana@example.com", "other"));

    ASSERT_TRUE(again);
    EXPECT_EQ(again->validation.id, first.id);
    EXPECT_EQ(again->validation.login_id, first.login_id);
    EXPECT_EQ(again->validation.expires_at, first.expires_at);
    EXPECT_EQ(last_sealed(first), "sealed right");
    EXPECT_TRUE(validations_.use(use_code(first, "right")));
}

TEST_P(SendCodeContract, ReplacesATriedCodeWithoutGivingAttemptsBack)
{
    const auto first = sent("ana@example.com");
    ASSERT_FALSE(validations_.use(use_code(first, "wrong")));
    clock_.advance(60s);

    const auto again = validations_.send(send_code("ana@example.com", "other"));

    ASSERT_TRUE(again);
    EXPECT_EQ(again->validation.id, first.id);
    EXPECT_EQ(again->validation.attempts_remaining, 2);
    EXPECT_EQ(again->validation.expires_at, clock_.now() + 10min);
    EXPECT_EQ(validations_.use(use_code(first, "right")).error().code, ErrorCode::InvalidOtp);
    EXPECT_TRUE(validations_.use(use_code(first, "other")));
}

TEST_P(SendCodeContract, ReplacesACodeInItsLastTwoMinutes)
{
    const auto first = sent("ana@example.com");
    clock_.set(first.expires_at - 2min);

    const auto again = validations_.send(send_code("ana@example.com", "other"));

    ASSERT_TRUE(again);
    EXPECT_EQ(again->validation.id, first.id);
    EXPECT_GT(again->validation.expires_at, first.expires_at);
    EXPECT_EQ(last_sealed(first), "sealed other");
}

TEST_P(SendCodeContract, NeverLetsACodeOutliveItsLogin)
{
    const auto first = sent("ana@example.com");
    ASSERT_FALSE(validations_.use(use_code(first, "wrong")));
    clock_.advance(9min);

    const auto again = validations_.send(send_code("ana@example.com"));

    ASSERT_TRUE(again);
    EXPECT_EQ(again->validation.expires_at, first.created_at + 15min);
}

TEST_P(SendCodeContract, KeepsADecoyADecoy)
{
    auto send = send_code("nobody@example.com");
    send.validation.decoy = true;
    const auto first = validations_.send(send)->validation;
    ASSERT_FALSE(validations_.use(use_code(first, "wrong")));
    clock_.advance(60s);

    const auto again = validations_.send(send_code("nobody@example.com", "other"));

    ASSERT_TRUE(again);
    EXPECT_TRUE(again->validation.decoy);
    EXPECT_FALSE(validations_.use(use_code(first, "other")));
    EXPECT_TRUE(stores_->outbox().of_validation(project_id_, first.id)->empty());
}

TEST_P(SendCodeContract, SharesNoLoginBetweenKeysContactsOrFlows)
{
    const auto first = sent("ana@example.com");
    auto other_key = send_code("ana@example.com");
    other_key.login.opened_by = "key_2";
    auto other_flow = send_code("ana@example.com");
    other_flow.login.flow_id = "flow_2";

    EXPECT_NE(validations_.send(other_key)->validation.id, first.id);
    EXPECT_NE(validations_.send(other_flow)->validation.id, first.id);
    EXPECT_NE(sent("bob@example.com").login_id, first.login_id);
}

TEST_P(SendCodeContract, ContinuesOnlyALiveLoginOfTheProject)
{
    insert_project("prj_2", "other");
    const auto first = sent("ana@example.com");
    auto of_other_project = send_code("ana@example.com");
    of_other_project.continue_login_id = first.login_id;
    of_other_project.login.project_id = of_other_project.validation.project_id = "prj_2";
    auto unknown = send_code("ana@example.com");
    unknown.continue_login_id = new_id("login_");

    EXPECT_EQ(validations_.send(of_other_project).error().code, ErrorCode::LoginNotFound);
    EXPECT_EQ(validations_.send(unknown).error().code, ErrorCode::LoginNotFound);

    ASSERT_TRUE(validations_.use(use_code(first)));
    auto of_complete = send_code("ana@example.com");
    of_complete.continue_login_id = first.login_id;
    EXPECT_EQ(validations_.send(of_complete).error().code, ErrorCode::LoginComplete);
}

TEST_P(SendCodeContract, CountsASendThatALaterRuleRefuses)
{
    auto send = send_code("ana@example.com");
    send.continue_login_id = new_id("login_");
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(validations_.send(send).error().code, ErrorCode::LoginNotFound);
    }

    EXPECT_EQ(validations_.send(send).error().code, ErrorCode::RateLimited);
}

TEST_P(SendCodeContract, RefusesBeyondTheLimitUntilTheFirstLeavesTheWindow)
{
    const auto start = clock_.now();
    for (int i = 0; i < 5; ++i) sent("ana@example.com");
    clock_.set(start + 60s - 1ms);
    EXPECT_EQ(validations_.send(send_code("ana@example.com")).error().code, ErrorCode::RateLimited);

    clock_.set(start + 60s);

    EXPECT_TRUE(validations_.send(send_code("ana@example.com")));
}

TEST_P(SendCodeContract, HoldsEveryIntervalOfTheWindowToTheLimit)
{
    std::mt19937 generator{7};
    std::uniform_int_distribution<int> step{0, 20'000};
    std::vector<TimePoint> allowed;
    for (int i = 0; i < 400; ++i) {
        clock_.advance(std::chrono::milliseconds{step(generator)});
        if (validations_.send(send_code("ana@example.com"))) allowed.push_back(clock_.now());
    }

    ASSERT_GT(allowed.size(), 200U);
    for (std::size_t i = 5; i < allowed.size(); ++i) {
        EXPECT_GE(allowed[i] - allowed[i - 5], 60s) << "send " << i;
    }
}

TEST_P(SendCodeContract, LetsExactlyTheLimitThroughWhenManySendTogether)
{
    std::atomic<int> allowed{0};

    together(24, [&](int) {
        if (validations_.send(send_code("ana@example.com"))) ++allowed;
    });

    EXPECT_EQ(allowed, 5);
}

TEST_P(SendCodeContract, ReportsRefusalsOncePerWindowWithTheirCount)
{
    const auto refusals = [&] {
        std::vector<std::int64_t> counts;
        const auto list = stores_->events().after(project_id_, 0, 1000);
        for (const auto& event : *list) {
            if (event.type == events::EventType::SecurityRateLimited) counts.push_back(event.count);
        }
        return counts;
    };
    for (int i = 0; i < 9; ++i) (void)validations_.send(send_code("ana@example.com"));
    EXPECT_EQ(refusals(), (std::vector<std::int64_t>{1}));

    clock_.advance(60s);
    for (int i = 0; i < 7; ++i) (void)validations_.send(send_code("ana@example.com"));

    EXPECT_EQ(refusals(), (std::vector<std::int64_t>{1, 4}));
}

TEST_P(SendCodeContract, RefusesAProjectThatIsGone)
{
    ASSERT_TRUE(stores_->projects().remove(project_id_));

    EXPECT_EQ(validations_.send(send_code("ana@example.com")).error().code,
              ErrorCode::ProjectNotFound);
}

TEST_P(SendCodeContract, CancelsAPendingCodeAndItsMessages)
{
    const auto validation = sent("ana@example.com");

    const auto canceled = validations_.cancel(validation.id, ProjectScope::all(), clock_.now());

    ASSERT_TRUE(canceled);
    EXPECT_EQ(canceled->status, ValidationStatus::Canceled);
    EXPECT_EQ(validations_.use(use_code(validation)).error().code, ErrorCode::ValidationCanceled);
    EXPECT_TRUE(stores_->outbox().lease(10, 60s, clock_.now())->empty());
    EXPECT_EQ(validations_.cancel(validation.id, ProjectScope::all(), clock_.now()).error().code,
              ErrorCode::ValidationCanceled);
    EXPECT_EQ(validations_.cancel(validation.id, ProjectScope::only({"prj_2"}), clock_.now())
                  .error()
                  .code,
              ErrorCode::ValidationNotFound);
}

TEST_P(SendCodeContract, MarksWhatHasExpiredALittleAtATime)
{
    for (int i = 0; i < 5; ++i) sent("ana" + std::to_string(i) + "@example.com");
    EXPECT_EQ(*validations_.expire(clock_.now(), 100), 0);
    clock_.advance(10min);

    EXPECT_EQ(*validations_.expire(clock_.now(), 3), 3);
    EXPECT_EQ(*validations_.expire(clock_.now(), 3), 2);
    clock_.advance(5min);
    EXPECT_EQ(*validations_.expire(clock_.now(), 100), 5);  // The logins.

    const auto names = event_names();
    EXPECT_EQ(std::count(names.begin(), names.end(), "validation.expired"), 5);
    EXPECT_EQ(std::count(names.begin(), names.end(), "login.failed"), 5);
}

TEST_P(SendCodeContract, ListsNewestFirstInPages)
{
    std::vector<std::string> ids;
    for (int i = 0; i < 5; ++i) {
        clock_.advance(1ms);
        ids.push_back(sent("ana" + std::to_string(i) + "@example.com").id);
    }
    std::reverse(ids.begin(), ids.end());

    std::vector<std::string> listed;
    PageRequest page{2, {}};
    do {
        const auto found = validations_.list(ProjectScope::all(), {}, page, clock_.now());
        ASSERT_TRUE(found);
        for (const auto& validation : found->items) listed.push_back(validation.id);
        page.after = found->next;
    } while (page.after);

    EXPECT_EQ(listed, ids);
}

TEST_P(SendCodeContract, FiltersLists)
{
    const auto ana = sent("ana@example.com");
    clock_.advance(1ms);
    const auto bob = sent("bob@example.com");
    ASSERT_TRUE(validations_.use(use_code(bob)));
    const auto ids = [&](const access::ValidationFilter& filter, const ProjectScope& scope) {
        std::vector<std::string> found;
        const auto page = validations_.list(scope, filter, {}, clock_.now());
        for (const auto& validation : page->items) found.push_back(validation.id);
        return found;
    };
    const auto all = ProjectScope::all();
    using Ids = std::vector<std::string>;

    EXPECT_EQ(ids({.recipient = "ana@example.com"}, all), Ids{ana.id});
    EXPECT_EQ(ids({.status = ValidationStatus::Validated}, all), Ids{bob.id});
    EXPECT_EQ(ids({.status = ValidationStatus::Pending}, all), Ids{ana.id});
    EXPECT_EQ(ids({.login_id = ana.login_id}, all), Ids{ana.id});
    EXPECT_EQ(ids({}, ProjectScope::only({"prj_2"})), Ids{});
    EXPECT_EQ(ids({}, ProjectScope::only({project_id_})), (Ids{bob.id, ana.id}));

    clock_.advance(10min);
    EXPECT_EQ(ids({.status = ValidationStatus::Expired}, all), Ids{ana.id});
    EXPECT_EQ(ids({.status = ValidationStatus::Pending}, all), Ids{});
}

INSTANTIATE_TEST_SUITE_P(Engines, SendCodeContract, testing::ValuesIn(backends()), backend_name);

}  // namespace
}  // namespace accessd::test
