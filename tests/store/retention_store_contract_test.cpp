#include "projects/retention_store.h"

#include "base/id.h"
#include "store_fixture.h"

namespace accessd::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

/// What every RetentionStore promises.
class RetentionContract : public StoreContract {
protected:
    access::Validation sent_with_client(const std::string& email)
    {
        auto send = send_code(email);
        send.validation.client_ip = "203.0.113.7";
        send.validation.user_agent = "Browser";
        return validations_.send(send)->validation;
    }
    bool is_there(const access::Validation& validation)
    {
        return validations_.find(validation.id, ProjectScope::all())->has_value();
    }
    std::size_t message_count(const access::Validation& validation)
    {
        return stores_->outbox().of_validation(project_id_, validation.id)->size();
    }

    projects::RetentionStore& retention_ = stores_->retention();
};

TEST_P(RetentionContract, RemovesValidationsMadeBeforeTheMomentWithWhatBelongsToThem)
{
    const auto old = sent("ana@example.com");
    const auto login = old.login_id;
    clock_.advance(1ms);
    const auto moment = clock_.now();
    const auto young = sent("bob@example.com");

    EXPECT_EQ(*retention_.remove_validations(project_id_, moment, 200), 1);

    EXPECT_FALSE(is_there(old));
    EXPECT_EQ(message_count(old), 0U);
    EXPECT_TRUE(is_there(young));
    EXPECT_EQ(message_count(young), 1U);
    EXPECT_EQ(*retention_.remove_validations(project_id_, moment, 200), 0);
    EXPECT_EQ(*retention_.remove_logins(project_id_, moment, 200), 1);
    EXPECT_FALSE(*validations_.find_login(login, ProjectScope::all()));
    EXPECT_TRUE(*validations_.find_login(young.login_id, ProjectScope::all()));
}

TEST_P(RetentionContract, KeepsALoginWhileAValidationOfItIsKept)
{
    const auto validation = sent("ana@example.com");
    clock_.advance(1ms);

    EXPECT_EQ(*retention_.remove_logins(project_id_, clock_.now(), 200), 0);
    EXPECT_TRUE(*validations_.find_login(validation.login_id, ProjectScope::all()));
}

TEST_P(RetentionContract, TakesTheOldestFirstAndNoMoreThanAskedFor)
{
    std::vector<access::Validation> made;
    for (int i = 0; i < 5; ++i) {
        made.push_back(sent("ana" + std::to_string(i) + "@example.com"));
        clock_.advance(1ms);
    }

    EXPECT_EQ(*retention_.remove_validations(project_id_, clock_.now(), 2), 2);
    EXPECT_FALSE(is_there(made[0]));
    EXPECT_FALSE(is_there(made[1]));
    EXPECT_TRUE(is_there(made[2]));
    EXPECT_EQ(*retention_.remove_validations(project_id_, clock_.now(), 2), 2);
    EXPECT_EQ(*retention_.remove_validations(project_id_, clock_.now(), 2), 1);
}

TEST_P(RetentionContract, TouchesNoOtherProject)
{
    insert_project("prj_2", "other");
    const auto validation = sent_with_client("ana@example.com");
    clock_.advance(days{400});
    const auto now = clock_.now();

    EXPECT_EQ(*retention_.remove_validations("prj_2", now, 200), 0);
    EXPECT_EQ(*retention_.remove_logins("prj_2", now, 200), 0);
    EXPECT_EQ(*retention_.remove_messages("prj_2", now, 200), 0);
    EXPECT_EQ(*retention_.empty_inbox("prj_2", now, 200), 0);
    EXPECT_EQ(*retention_.forget_clients("prj_2", now, 200), 0);
    EXPECT_EQ(*retention_.remove_events("prj_2", now, 200), 0);

    EXPECT_TRUE(is_there(validation));
    EXPECT_EQ(message_count(validation), 1U);
    EXPECT_FALSE(event_names().empty());
}

TEST_P(RetentionContract, RemovesMessagesAndTheirAttemptsAndLeavesTheValidation)
{
    const auto validation = sent("ana@example.com");
    const auto message = stores_->outbox().lease(1, 60s, clock_.now())->at(0);
    delivery::AttemptReport report;
    report.attempt.message_id = message.id;
    report.leased_until = message.leased_until;
    report.attempt.number = 1;
    report.attempt.started_at = clock_.now();
    report.attempt.sender = "smtp";
    report.status = delivery::MessageStatus::Sent;
    ASSERT_TRUE(stores_->outbox().report({report}, clock_.now()));
    clock_.advance(1ms);

    EXPECT_EQ(*retention_.remove_messages(project_id_, clock_.now(), 200), 1);

    EXPECT_EQ(message_count(validation), 0U);
    EXPECT_TRUE(stores_->outbox().attempts_of_validation(project_id_, validation.id)->empty());
    EXPECT_TRUE(is_there(validation));
}

TEST_P(RetentionContract, EmptiesTheInboxAndLeavesTheValidation)
{
    const auto validation = sent("ana@example.com");
    clock_.advance(1ms);
    const auto young = sent("bob@example.com");

    EXPECT_EQ(*retention_.empty_inbox(project_id_, clock_.now(), 200), 1);

    const auto inbox = *stores_->outbox().inbox(project_id_, {}, {});
    ASSERT_EQ(inbox.items.size(), 1U);
    EXPECT_EQ(inbox.items[0].validation_id, young.id);
    EXPECT_TRUE(is_there(validation));
}

TEST_P(RetentionContract, TakesNoMessageOfALiveProjectForOneOfAnInbox)
{
    auto project = **stores_->projects().find(project_id_);
    project.mode = projects::Mode::Live;
    ASSERT_TRUE(stores_->projects().update(project, true));
    auto send = send_code("ana@example.com");
    send.test = false;
    const auto validation = validations_.send(send)->validation;
    clock_.advance(1ms);

    EXPECT_EQ(*retention_.empty_inbox(project_id_, clock_.now(), 200), 0);
    EXPECT_EQ(message_count(validation), 1U);
}

TEST_P(RetentionContract, ForgetsTheClientsOfValidationsThatStay)
{
    const auto old = sent_with_client("ana@example.com");
    clock_.advance(1ms);
    const auto moment = clock_.now();
    const auto young = sent_with_client("bob@example.com");
    const auto client_of = [&](const access::Validation& validation) {
        const auto found = **validations_.find(validation.id, ProjectScope::all());
        return found.client_ip + found.user_agent;
    };
    ASSERT_EQ(client_of(old), "203.0.113.7Browser");

    EXPECT_EQ(*retention_.forget_clients(project_id_, moment, 200), 1);

    EXPECT_EQ(client_of(old), "");
    EXPECT_EQ(client_of(young), "203.0.113.7Browser");
    EXPECT_EQ(*retention_.forget_clients(project_id_, moment, 200), 0) << "once is enough";
}

TEST_P(RetentionContract, RemovesEventsAndNeverUsesTheirNumbersAgain)
{
    sent("ana@example.com");
    const auto last = stores_->events().after(project_id_, 0, 1000)->back().sequence;
    clock_.advance(1ms);

    EXPECT_EQ(*retention_.remove_events(project_id_, clock_.now(), 200), static_cast<int>(last));
    EXPECT_TRUE(event_names().empty());
    sent("bob@example.com");
    EXPECT_EQ(stores_->events().after(project_id_, 0, 1000)->front().sequence, last + 1);
}

TEST_P(RetentionContract, KeepsEventsOfTheMomentItself)
{
    sent("ana@example.com");

    EXPECT_EQ(*retention_.remove_events(project_id_, clock_.now(), 200), 0);
    EXPECT_EQ(*retention_.remove_validations(project_id_, clock_.now(), 200), 0);
}

TEST(FirstIdAt, StandsBetweenEarlierAndLaterIds)
{
    FakeRandom random;
    const auto time = from_unix_millis(1'790'000'000'123);
    const auto bound = first_id_at("val_", time);
    for (int i = 0; i < 100; ++i) {
        EXPECT_LT(make_id("val_", time - 1ms, random), bound);
        EXPECT_GE(make_id("val_", time, random), bound);
    }
}

INSTANTIATE_TEST_SUITE_P(Engines, RetentionContract, testing::ValuesIn(backends()), backend_name);

}  // namespace
}  // namespace accessd::test
