#include "store_fixture.h"

#include "access/lock_store.h"
#include "events/audit_store.h"
#include "projects/retention_store.h"

namespace accessd::test {
namespace {

using events::AuditEntry;
using namespace std::chrono_literals;

/// What every engine promises of the entries of administrative changes.
class AuditContract : public StoreContract {
protected:
    AuditEntry entry(const std::string& action)
    {
        auto made = events::audit_of_command(action);
        made.actor = "key_1";
        made.actor_kind = events::ActorKind::Key;
        made.fields = {"name", "slug"};
        made.client = "192.0.2.7";
        made.request_id = "req_1";
        return made.about("target_1", project_id_);
    }

    std::vector<AuditEntry> entries(const events::AuditFilter& filter = {},
                                    const ProjectScope& scope = ProjectScope::all())
    {
        return stores_->audit().list(filter, scope, {.limit = 200})->items;
    }

    std::vector<std::string> actions(const events::AuditFilter& filter = {},
                                     const ProjectScope& scope = ProjectScope::all())
    {
        std::vector<std::string> names;
        for (const auto& found : entries(filter, scope)) names.push_back(found.action);
        return names;
    }

    projects::Project project() { return *stores_->projects().find(project_id_).value(); }

    projects::Flow flow()
    {
        projects::Flow made;
        made.id = new_id("flow_");
        made.project_id = project_id_;
        made.name = "Login";
        made.created_at = made.updated_at = clock_.now();
        return made;
    }

    users::Source source()
    {
        users::Source made;
        made.id = new_id("src_");
        made.project_id = project_id_;
        made.name = "People";
        made.created_at = made.updated_at = clock_.now();
        return made;
    }
};

TEST_P(AuditContract, KeepsAllThatAnEntrySays)
{
    ASSERT_TRUE(stores_->projects().update(project(), false, entry("project.changed")));

    const auto found = entries();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_TRUE(found[0].id.starts_with("aud_"));
    EXPECT_EQ(found[0].at, clock_.now());
    EXPECT_EQ(found[0].actor, "key_1");
    EXPECT_EQ(found[0].actor_kind, events::ActorKind::Key);
    EXPECT_EQ(found[0].action, "project.changed");
    EXPECT_EQ(found[0].target_kind, "project");
    EXPECT_EQ(found[0].target_id, "target_1");
    EXPECT_EQ(found[0].project_id, project_id_);
    EXPECT_EQ(found[0].fields, (std::vector<std::string>{"name", "slug"}));
    EXPECT_EQ(found[0].client, "192.0.2.7");
    EXPECT_EQ(found[0].request_id, "req_1");
}

TEST_P(AuditContract, WritesOneEntryWithEachChange)
{
    const auto kept_flow = flow();
    const auto kept_source = source();
    auto& projects = stores_->projects();
    ASSERT_TRUE(projects.insert_flow(kept_flow, entry("flow.created")));
    ASSERT_TRUE(projects.update_flow(kept_flow, entry("flow.changed")));
    ASSERT_TRUE(projects.remove_flow(project_id_, kept_flow.id, {}, entry("flow.deleted")));
    ASSERT_TRUE(
        projects.put_test_recipients(project_id_, {}, nullptr, entry("recipients.changed")));
    ASSERT_TRUE(stores_->sources().insert(kept_source, entry("source.created")));
    ASSERT_TRUE(stores_->sources().update(kept_source, entry("source.changed")));
    ASSERT_TRUE(
        stores_->sources().remove(project_id_, kept_source.id, {}, entry("source.deleted")));
    ASSERT_TRUE(
        stores_->users().insert(user("ana", "ana@example.com"), true, entry("user.created")));
    ASSERT_TRUE(
        stores_->users().update(user("ana", "ana@example.com"), true, entry("user.changed")));
    ASSERT_TRUE(
        stores_->users().erase(project_id_, "ana", clock_.now(), true, {}, entry("user.erased")));
    tokens::ApiKey key;
    key.id = new_id("key_");
    key.created_at = clock_.now();
    ASSERT_TRUE(stores_->api_keys().insert(key, entry("key.created")));
    ASSERT_TRUE(stores_->api_keys().rename(key.id, "x", nullptr, entry("key.changed")));
    ASSERT_TRUE(stores_->api_keys().revoke(key.id, clock_.now(), nullptr, entry("key.revoked")));
    ASSERT_TRUE(stores_->revocations().insert(
        {tokens::Revocation::Kind::Token, "tok_1", clock_.now(), clock_.now() + 1h}, "",
        entry("token.revoked")));
    ASSERT_TRUE(projects.remove(project_id_, {}, entry("project.deleted")));

    EXPECT_EQ(actions(),
              (std::vector<std::string>{"project.deleted", "token.revoked", "key.revoked",
                                        "key.changed", "key.created", "user.erased", "user.changed",
                                        "user.created", "source.deleted", "source.changed",
                                        "source.created", "recipients.changed", "flow.deleted",
                                        "flow.changed", "flow.created"}));
}

TEST_P(AuditContract, WritesNoneWithAChangeThatFails)
{
    auto& projects = stores_->projects();
    auto stale = project();
    stale.version = 7;
    insert_project("prj_2", "taken");
    auto twin = project();
    twin.slug = "taken";
    tokens::ApiKey key;
    key.id = new_id("key_");
    key.project_id = "prj_unknown";
    const auto any = entry("project.changed");

    EXPECT_FALSE(projects.update(stale, false, any));
    EXPECT_FALSE(projects.update(twin, false, any));
    EXPECT_FALSE(projects.remove(project_id_, 7, any));
    EXPECT_FALSE(projects.remove_flow(project_id_, "flow_x", {}, any));
    EXPECT_FALSE(projects.update_flow(flow(), any));
    EXPECT_FALSE(projects.put_test_recipients("prj_unknown", {}, nullptr, any));
    EXPECT_FALSE(stores_->sources().update(source(), any));
    EXPECT_FALSE(stores_->sources().remove(project_id_, "src_x", {}, any));
    EXPECT_FALSE(stores_->users().update(user("ana", "ana@example.com"), true, any));
    EXPECT_FALSE(stores_->users().erase(project_id_, "ana", clock_.now(), true, {}, any));
    EXPECT_FALSE(stores_->api_keys().insert(key, any));
    EXPECT_FALSE(stores_->api_keys().rename("key_x", "x", nullptr, any));
    EXPECT_FALSE(stores_->api_keys().revoke("key_x", clock_.now(), nullptr, any));
    EXPECT_FALSE(
        stores_->locks().clear("lock_x", ProjectScope::all(), "operator", clock_.now(), any));

    EXPECT_TRUE(entries().empty());
}

TEST_P(AuditContract, WritesNoneForAChangeThatIsNobodysAdministration)
{
    ASSERT_TRUE(stores_->users().insert(user("ana", "ana@example.com"), true));

    EXPECT_TRUE(entries().empty());
}

TEST_P(AuditContract, ShowsACallerOfSomeProjectsOnlyTheirEntries)
{
    ASSERT_TRUE(stores_->projects().update(project(), false, entry("project.changed")));
    insert_project("prj_2", "other");
    auto other = *stores_->projects().find("prj_2").value();
    ASSERT_TRUE(
        stores_->projects().update(other, false, entry("project.changed").about("prj_2", "prj_2")));
    tokens::ApiKey key;
    key.id = new_id("key_");
    key.created_at = clock_.now();
    ASSERT_TRUE(stores_->api_keys().insert(key, entry("key.created").about(key.id, "")));

    EXPECT_EQ(actions().size(), 3U);
    EXPECT_EQ(actions({}, ProjectScope::only({"prj_2"})).size(), 1U);
    EXPECT_TRUE(actions({}, ProjectScope::only({})).empty());
}

TEST_P(AuditContract, FindsByActorActionTargetProjectAndTime)
{
    const auto start = clock_.now();
    ASSERT_TRUE(stores_->projects().update(project(), false, entry("project.changed")));
    clock_.advance(1h);
    auto second = entry("project.renamed").about("target_2", "prj_2");
    second.actor = "key_2";
    ASSERT_TRUE(stores_->projects().update(project(), false, second));
    const auto one = std::vector<std::string>{"project.renamed"};

    EXPECT_EQ(actions({.actor = "key_2"}), one);
    EXPECT_EQ(actions({.action = "project.renamed"}), one);
    EXPECT_EQ(actions({.target_id = "target_2"}), one);
    EXPECT_EQ(actions({.project_id = "prj_2"}), one);
    EXPECT_EQ(actions({.from = start + 1h}), one);
    EXPECT_EQ(actions({.from = start, .to = start + 1h}),
              std::vector<std::string>{"project.changed"});
}

TEST_P(AuditContract, ForgetsWhoseDataWasChangedWithThePerson)
{
    ASSERT_TRUE(
        stores_->users().insert(user("ana@example.com", "ana@example.com"), true,
                                entry("user.created").about("ana@example.com", project_id_)));
    ASSERT_TRUE(stores_->users().erase(project_id_, "ana@example.com", clock_.now(), true, {},
                                       entry("user.erased").about("ana@example.com", project_id_)));

    const auto found = entries();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].target_id, "ana@example.com") << "the erasure itself must be provable";
    EXPECT_EQ(found[1].target_id, "");
}

TEST_P(AuditContract, OutlivesItsProjectAndGoesWithAge)
{
    auto& retention = stores_->retention();
    ASSERT_TRUE(stores_->projects().update(project(), false, entry("project.changed")));
    clock_.advance(1h);
    EXPECT_EQ(*retention.remove_audit("", clock_.now(), 10), 0) << "of a project that is there";
    ASSERT_TRUE(stores_->projects().remove(project_id_, {}, entry("project.deleted")));
    EXPECT_EQ(actions().size(), 2U);

    EXPECT_EQ(*retention.remove_audit(project_id_, clock_.now(), 10), 1);
    EXPECT_EQ(*retention.remove_audit("", clock_.now(), 10), 0);
    clock_.advance(1h);
    EXPECT_EQ(*retention.remove_audit("", clock_.now(), 10), 1);
    EXPECT_TRUE(entries().empty());
}

INSTANTIATE_TEST_SUITE_P(Engines, AuditContract, testing::ValuesIn(backends()), backend_name);

}  // namespace
}  // namespace accessd::test
