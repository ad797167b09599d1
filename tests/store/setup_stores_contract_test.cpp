#include "store_fixture.h"

#include <algorithm>

namespace accessd::test {
namespace {

using namespace std::chrono_literals;

std::string field_of(const Error& error)
{
    return error.details.empty() ? "" : std::get<std::string>(error.details[0].second);
}

/// What every store of projects, users and sources promises.
class SetupStoresContract : public StoreContract {
protected:
    projects::Flow flow(const std::string& source_id)
    {
        projects::Flow made;
        made.id = new_id("flow_");
        made.project_id = project_id_;
        made.name = "Staff";
        made.source_id = source_id;
        made.redirect_urls = {"https://shop.example/done"};
        made.policy = {projects::Policy::Kind::All,
                       {projects::Method::Email, projects::Method::Biometric}};
        made.email.enabled = true;
        made.email.otp_length = 8;
        made.created_at = made.updated_at = clock_.now();
        return made;
    }
    users::Source source()
    {
        users::Source made;
        made.id = new_id("src_");
        made.project_id = project_id_;
        made.name = "Staff";
        made.kind = users::SourceKind::Directory;
        made.created_at = made.updated_at = clock_.now();
        return made;
    }

    projects::ProjectStore& projects_ = stores_->projects();
    users::UserStore& users_ = stores_->users();
    users::SourceStore& sources_ = stores_->sources();
};

TEST_P(SetupStoresContract, KeepsAProjectWithAllThatBelongsToIt)
{
    const auto kept_source = source();
    const auto kept_flow = flow(kept_source.id);
    ASSERT_TRUE(sources_.insert(kept_source));
    ASSERT_TRUE(projects_.insert_flow(kept_flow));
    ASSERT_TRUE(projects_.put_test_recipients(
        project_id_, {{"*@example.com", "123456"},
                      {"eve@example.com", "", projects::TestRecipient::Outcome::Slow}}));

    const auto setup = *projects_.setup(project_id_);

    ASSERT_TRUE(setup);
    EXPECT_EQ(setup->project.slug, "shop");
    ASSERT_EQ(setup->flows.size(), 1U);
    EXPECT_EQ(setup->flows[0].name, "Staff");
    EXPECT_EQ(setup->flows[0].policy, kept_flow.policy);
    EXPECT_EQ(setup->flows[0].email.otp_length, 8);
    EXPECT_EQ(setup->flows[0].redirect_urls, kept_flow.redirect_urls);
    ASSERT_EQ(setup->sources.size(), 1U);
    EXPECT_EQ(setup->sources[0].kind, users::SourceKind::Directory);
    ASSERT_EQ(setup->test_recipients.size(), 2U);
    EXPECT_EQ(setup->test_recipients[1].outcome, projects::TestRecipient::Outcome::Slow);
    EXPECT_FALSE(*projects_.setup("prj_unknown"));
}

TEST_P(SetupStoresContract, RefusesASlugThatIsTaken)
{
    projects::ProjectSetup other;
    other.project.id = "prj_2";
    other.project.slug = "shop";

    const auto inserted = projects_.insert(other);

    ASSERT_FALSE(inserted);
    EXPECT_EQ(inserted.error().code, ErrorCode::Conflict);
    EXPECT_EQ(field_of(inserted.error()), "slug");
    EXPECT_FALSE(*projects_.find("prj_2"));
}

TEST_P(SetupStoresContract, LetsOneOfTwoChangesOfTheSameVersionWin)
{
    auto first = **projects_.find(project_id_);
    auto second = first;
    first.name = "First";
    second.name = "Second";
    ASSERT_TRUE(projects_.update(first, false));

    const auto lost = projects_.update(second, false);

    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code, ErrorCode::Conflict);
    EXPECT_TRUE(lost.error().details.empty());
    EXPECT_EQ((*projects_.find(project_id_))->name, "First");
    second.version += 1;
    EXPECT_TRUE(projects_.update(second, false));
}

TEST_P(SetupStoresContract, ErasesWhatWasMadeInTestWhenAProjectGoesLive)
{
    ASSERT_TRUE(users_.insert(user("ana", "ana@example.com"), true));
    ASSERT_TRUE(projects_.put_test_recipients(project_id_, {{"ana@example.com", "123456"}}));
    const auto validation = sent("ana@example.com");
    auto project = **projects_.find(project_id_);
    project.mode = projects::Mode::Live;

    ASSERT_TRUE(projects_.update(project, true));

    EXPECT_FALSE(*users_.find(project_id_, "ana"));
    EXPECT_TRUE((*projects_.setup(project_id_))->test_recipients.empty());
    EXPECT_FALSE(*validations_.find(validation.id, ProjectScope::all()));
    EXPECT_TRUE(stores_->outbox().inbox(project_id_, {}, {})->items.empty());
}

TEST_P(SetupStoresContract, ErasesAProjectWithAllThatItOwns)
{
    insert_project("prj_2", "other");
    ASSERT_TRUE(sources_.insert(source()));
    ASSERT_TRUE(projects_.insert_flow(flow("src_1")));
    ASSERT_TRUE(users_.insert(user("ana", "ana@example.com"), true));
    const auto validation = sent("ana@example.com");

    ASSERT_TRUE(projects_.remove(project_id_));

    EXPECT_FALSE(*projects_.find(project_id_));
    EXPECT_FALSE(*users_.find(project_id_, "ana"));
    EXPECT_FALSE(*validations_.find(validation.id, ProjectScope::all()));
    EXPECT_FALSE(*validations_.find_login(validation.login_id, ProjectScope::all()));
    EXPECT_TRUE(event_names().empty());
    EXPECT_TRUE(sources_.list(project_id_, {})->items.empty());
    EXPECT_TRUE(projects_.list_flows(project_id_, {})->items.empty());
    EXPECT_TRUE(*projects_.find("prj_2"));
    EXPECT_EQ(projects_.remove(project_id_).error().code, ErrorCode::ProjectNotFound);
}

TEST_P(SetupStoresContract, ShowsOnlyProjectsInScope)
{
    insert_project("prj_2", "other");

    EXPECT_EQ(projects_.list(ProjectScope::all(), {})->items.size(), 2U);
    const auto one = projects_.list(ProjectScope::only({"prj_2"}), {});
    ASSERT_EQ(one->items.size(), 1U);
    EXPECT_EQ(one->items[0].id, "prj_2");
    EXPECT_TRUE(projects_.list(ProjectScope::only({}), {})->items.empty());
}

TEST_P(SetupStoresContract, ChangesAndRemovesFlows)
{
    auto kept = flow("src_1");
    ASSERT_TRUE(projects_.insert_flow(kept));
    kept.name = "Renamed";
    ASSERT_TRUE(projects_.update_flow(kept));

    EXPECT_EQ(projects_.update_flow(kept).error().code, ErrorCode::Conflict);
    EXPECT_EQ((*projects_.find_flow(kept.id, ProjectScope::all()))->name, "Renamed");
    EXPECT_FALSE(*projects_.find_flow(kept.id, ProjectScope::only({"prj_2"})));
    EXPECT_EQ(projects_.remove_flow("prj_2", kept.id).error().code, ErrorCode::FlowNotFound);
    ASSERT_TRUE(projects_.remove_flow(project_id_, kept.id));
    EXPECT_EQ(projects_.update_flow(kept).error().code, ErrorCode::FlowNotFound);
}

TEST_P(SetupStoresContract, RemovesOnlyTheVersionThatWasSeen)
{
    const auto kept_source = source();
    const auto kept_flow = flow(kept_source.id);
    const auto ana = user("ana", "ana@example.com");
    ASSERT_TRUE(sources_.insert(kept_source));
    ASSERT_TRUE(projects_.insert_flow(kept_flow));
    ASSERT_TRUE(users_.insert(ana, true));
    const std::vector<projects::TestRecipient> list{{"*@example.com", "123456"}};
    const std::vector<projects::TestRecipient> other{{"*@example.com", "654321"}};
    ASSERT_TRUE(projects_.put_test_recipients(project_id_, list));
    const auto now = clock_.now();

    EXPECT_EQ(projects_.remove(project_id_, 7).error().code, ErrorCode::Conflict);
    EXPECT_EQ(projects_.remove_flow(project_id_, kept_flow.id, 7).error().code,
              ErrorCode::Conflict);
    EXPECT_EQ(users_.erase(project_id_, "ana", now, true, 7).error().code, ErrorCode::Conflict);
    EXPECT_EQ(projects_.put_test_recipients(project_id_, {}, &other).error().code,
              ErrorCode::Conflict);
    EXPECT_EQ((*projects_.setup(project_id_))->test_recipients, list);

    EXPECT_TRUE(projects_.put_test_recipients(project_id_, other, &list));
    EXPECT_TRUE(projects_.remove_flow(project_id_, kept_flow.id, kept_flow.version));
    EXPECT_EQ(sources_.remove(project_id_, kept_source.id, 7).error().code, ErrorCode::Conflict);
    EXPECT_TRUE(sources_.remove(project_id_, kept_source.id, kept_source.version));
    EXPECT_TRUE(users_.erase(project_id_, "ana", now, true, ana.version));
    EXPECT_TRUE(projects_.remove(project_id_, (*projects_.find(project_id_))->version));
}

TEST_P(SetupStoresContract, RefusesWhatBelongsToNoProject)
{
    auto lost_flow = flow("src_1");
    lost_flow.project_id = "prj_unknown";
    auto lost_source = source();
    lost_source.project_id = "prj_unknown";
    auto lost_user = user("ana", "ana@example.com");
    lost_user.project_id = "prj_unknown";

    EXPECT_EQ(projects_.insert_flow(lost_flow).error().code, ErrorCode::ProjectNotFound);
    EXPECT_EQ(sources_.insert(lost_source).error().code, ErrorCode::ProjectNotFound);
    EXPECT_EQ(users_.insert(lost_user, true).error().code, ErrorCode::ProjectNotFound);
    EXPECT_EQ(projects_.put_test_recipients("prj_unknown", {}).error().code,
              ErrorCode::ProjectNotFound);
}

TEST_P(SetupStoresContract, KeepsASourceThatAFlowUses)
{
    const auto used = source();
    ASSERT_TRUE(sources_.insert(used));
    const auto user_of_it = flow(used.id);
    ASSERT_TRUE(projects_.insert_flow(user_of_it));

    const auto removed = sources_.remove(project_id_, used.id);

    ASSERT_FALSE(removed);
    EXPECT_EQ(removed.error().code, ErrorCode::Conflict);
    EXPECT_EQ(field_of(removed.error()), user_of_it.id);
    ASSERT_TRUE(projects_.remove_flow(project_id_, user_of_it.id));
    EXPECT_TRUE(sources_.remove(project_id_, used.id));
}

TEST_P(SetupStoresContract, NamesTheFieldThatAnotherUserHas)
{
    auto ana = user("ana", "ana@example.com");
    ana.phone = "+34600000001";
    ASSERT_TRUE(users_.insert(ana, true));
    auto same_phone = user("eve", "eve@example.com");
    same_phone.phone = ana.phone;

    EXPECT_EQ(field_of(users_.insert(user("ana", "new@example.com"), true).error()), "user_id");
    EXPECT_EQ(field_of(users_.insert(user("bob", "ana@example.com"), true).error()), "email");
    EXPECT_EQ(field_of(users_.insert(same_phone, true).error()), "phone");

    ASSERT_TRUE(users_.insert(user("bob", "bob@example.com"), true));
    auto bob = **users_.find(project_id_, "bob");
    bob.email = "ana@example.com";
    EXPECT_EQ(field_of(users_.update(bob, true).error()), "email");
    EXPECT_EQ(event_names(), (std::vector<std::string>{"user.created", "user.created"}));
}

TEST_P(SetupStoresContract, ListsUsersByAgeInPages)
{
    for (const std::string id : {"zoe", "ana", "bob"}) {
        clock_.advance(1ms);
        ASSERT_TRUE(users_.insert(user(id, id + "@example.com"), true));
    }
    const auto first = *users_.list(project_id_, {}, {2, {}});
    const auto second = *users_.list(project_id_, {}, {2, first.next});

    ASSERT_EQ(first.items.size(), 2U);
    EXPECT_EQ(first.items[0].user_id, "bob");
    EXPECT_EQ(first.items[1].user_id, "ana");
    ASSERT_EQ(second.items.size(), 1U);
    EXPECT_EQ(second.items[0].user_id, "zoe");
    EXPECT_FALSE(second.next);
    EXPECT_EQ(users_.list(project_id_, {.email = "zoe@example.com"}, {})->items.size(), 1U);
}

TEST_P(SetupStoresContract, ErasesAPersonEverywhere)
{
    ASSERT_TRUE(users_.insert(user("ana", "ana@example.com"), true));
    const auto used = sent("ana@example.com");
    ASSERT_TRUE(validations_.use(use_code(used)));
    clock_.advance(1ms);
    const auto pending = sent("ana@example.com");
    const auto of_bob = sent("bob@example.com");
    delivery::AttemptReport tried;
    tried.attempt.message_id = stores_->outbox().of_validation(project_id_, used.id)->at(0).id;
    tried.status = delivery::MessageStatus::Sent;
    ASSERT_TRUE(stores_->outbox().report({tried}, clock_.now()));

    const auto erased = users_.erase(project_id_, "ana", clock_.now(), true);

    ASSERT_TRUE(erased);
    EXPECT_EQ(erased->users, 1);
    EXPECT_EQ(erased->validations, 2);
    EXPECT_EQ(erased->logins, 2);
    EXPECT_EQ(erased->messages, 2);
    EXPECT_GT(erased->events, 0);
    EXPECT_FALSE(*validations_.find(used.id, ProjectScope::all()));
    EXPECT_FALSE(*validations_.find(pending.id, ProjectScope::all()));
    EXPECT_TRUE(*validations_.find(of_bob.id, ProjectScope::all()));
    for (const auto& id : {used.id, pending.id}) {
        EXPECT_TRUE(stores_->outbox().of_validation(project_id_, id)->empty());
        EXPECT_TRUE(stores_->outbox().attempts_of_validation(project_id_, id)->empty());
    }
    EXPECT_EQ(stores_->outbox().inbox(project_id_, {}, {})->items.size(), 1U);
    const auto list = stores_->events().after(project_id_, 0, 100);
    for (const auto& event : *list) {
        if (event.validation_id == of_bob.id) continue;
        EXPECT_EQ(event.destination, "");
        // The last event says who was erased, by the customer's own id, so that they can follow.
        const bool says_so = event.type == events::EventType::UserDeleted;
        EXPECT_EQ(event.user_id, says_so ? "ana" : "");
    }
    EXPECT_EQ(users_.erase(project_id_, "ana", clock_.now(), true).error().code,
              ErrorCode::UserNotFound);
}

INSTANTIATE_TEST_SUITE_P(Engines, SetupStoresContract, testing::ValuesIn(backends()), backend_name);

}  // namespace
}  // namespace accessd::test
