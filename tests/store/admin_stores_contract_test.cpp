#include "store_fixture.h"

#include "admin/admin_store.h"
#include "admin/console_store.h"
#include "events/audit_store.h"

#include <atomic>

namespace accessd::test {
namespace {

using admin::Admin;
using admin::Role;
using namespace std::chrono_literals;

/// What every store of admins, their links and sessions promises.
class AdminStoresContract : public StoreContract {
protected:
    Admin admin(const std::string& email, Role role = Role::Owner)
    {
        Admin made;
        made.id = new_id("adm_");
        made.email = email;
        made.role = role;
        made.projects =
            role == Role::Owner ? ProjectScope::all() : ProjectScope::only({project_id_});
        made.created_at = made.updated_at = clock_.now();
        return made;
    }

    Admin inserted(const std::string& email, Role role = Role::Owner)
    {
        auto made = admin(email, role);
        EXPECT_TRUE(admins_.insert(made, audit_));
        return made;
    }

    admin::SignInLink link(const std::string& hash, const std::string& admin_id)
    {
        return {hash, admin_id, clock_.now(), clock_.now() + 15min};
    }

    admin::Session session(const std::string& hash)
    {
        return {hash, {}, clock_.now(), clock_.now() + 12h, clock_.now()};
    }

    Result<Admin> use(const std::string& hash, const std::string& session_hash)
    {
        return console_.use_link(hash, session(session_hash), admin("first@example.com"),
                                 clock_.now(), audit_);
    }

    std::size_t entries()
    {
        return stores_->audit().list({}, ProjectScope::all(), {})->items.size();
    }

    admin::AdminStore& admins_ = stores_->admins();
    admin::ConsoleStore& console_ = stores_->console();
    events::AuditEntry audit_ = events::audit_of_command("admin.changed");
};

TEST_P(AdminStoresContract, KeepsAnAdmin)
{
    auto made = admin("eva@example.com", Role::Editor);
    made.name = "Eva";
    ASSERT_TRUE(admins_.insert(made, audit_));

    const auto found = *admins_.find(made.id);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->email, "eva@example.com");
    EXPECT_EQ(found->name, "Eva");
    EXPECT_EQ(found->role, Role::Editor);
    EXPECT_FALSE(found->projects.is_all());
    EXPECT_EQ(found->projects.ids(), std::vector<std::string>{project_id_});
    EXPECT_EQ((*admins_.find_by_email("eva@example.com"))->id, made.id);
    EXPECT_FALSE(*admins_.find("adm_unknown"));
    EXPECT_EQ(admins_.list({})->items.size(), 1U);
}

TEST_P(AdminStoresContract, GivesAnAddressToOneAdmin)
{
    inserted("eva@example.com");
    const auto taken = admins_.insert(admin("eva@example.com"), audit_);

    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, ErrorCode::Conflict);
    EXPECT_EQ(std::get<std::string>(taken.error().details.at(0).second), "email");
    EXPECT_EQ(entries(), 1U);
}

TEST_P(AdminStoresContract, RefusesProjectsThatAreNotThere)
{
    auto made = admin("eva@example.com", Role::Viewer);
    made.projects = ProjectScope::only({"prj_unknown"});

    EXPECT_EQ(admins_.insert(made, audit_).error().code, ErrorCode::ProjectNotFound);
    EXPECT_FALSE(*admins_.find(made.id)) << "all or nothing";
    EXPECT_EQ(entries(), 0U);
}

TEST_P(AdminStoresContract, LosesNoChangeToAnother)
{
    auto eva = inserted("eva@example.com");
    inserted("max@example.com");
    ASSERT_TRUE(admins_.update(eva, audit_));

    EXPECT_EQ(admins_.update(eva, audit_).error().code, ErrorCode::Conflict);
    EXPECT_EQ(admins_.remove(eva.id, eva.version, audit_).error().code, ErrorCode::Conflict);
    eva.id = "adm_unknown";
    EXPECT_EQ(admins_.update(eva, audit_).error().code, ErrorCode::AdminNotFound);
    EXPECT_EQ(admins_.remove(eva.id, {}, audit_).error().code, ErrorCode::AdminNotFound);
}

TEST_P(AdminStoresContract, KeepsTheLastOwner)
{
    auto eva = inserted("eva@example.com");
    inserted("max@example.com", Role::Editor);
    const auto before = entries();

    auto demoted = eva;
    demoted.role = Role::Viewer;
    EXPECT_EQ(admins_.update(demoted, audit_).error().code, ErrorCode::Conflict);
    EXPECT_FALSE(admins_.update(demoted, audit_).error().details.empty()) << "not overtaken";
    EXPECT_EQ(admins_.remove(eva.id, {}, audit_).error().code, ErrorCode::Conflict);
    EXPECT_EQ(entries(), before);
    EXPECT_EQ((*admins_.find(eva.id))->role, Role::Owner);
}

TEST_P(AdminStoresContract, LeavesOneOfManyOwnersWhoRemoveEachOther)
{
    for (int round = 0; round < 20; ++round) {
        for (int i = 0; i < 5; ++i) {
            inserted(std::to_string(round) + "-" + std::to_string(i) + "@example.com");
        }
        const auto owners = admins_.list({.limit = 200})->items;
        together(static_cast<int>(owners.size()), [&](int i) {
            std::ignore = admins_.remove(owners[static_cast<std::size_t>(i)].id, {}, audit_);
        });
        const auto left = admins_.list({.limit = 200})->items;
        ASSERT_EQ(left.size(), 1U) << "round " << round;
    }
}

TEST_P(AdminStoresContract, EndsSessionsAndLinksWithTheRights)
{
    inserted("max@example.com");
    auto eva = inserted("eva@example.com");
    ASSERT_TRUE(console_.put_link(link("link", eva.id), audit_));
    ASSERT_TRUE(use("link", "session"));
    ASSERT_TRUE(console_.put_link(link("waiting", eva.id), audit_));

    eva.name = "Eva";
    ASSERT_TRUE(admins_.update(eva, audit_));
    EXPECT_TRUE(*console_.find_session("session")) << "a name is no right";
    ++eva.version;
    eva.role = Role::Viewer;
    ASSERT_TRUE(admins_.update(eva, audit_));

    EXPECT_FALSE(*console_.find_session("session"));
    EXPECT_FALSE(*console_.find_link("waiting", clock_.now()));
}

TEST_P(AdminStoresContract, LetsOneOfManyUsesOfALinkWin)
{
    const auto eva = inserted("eva@example.com");
    for (int round = 0; round < 20; ++round) {
        const auto hash = "link " + std::to_string(round);
        ASSERT_TRUE(console_.put_link(link(hash, eva.id), audit_));
        std::atomic<int> wins = 0;
        together(6, [&](int i) {
            if (use(hash, hash + std::to_string(i))) ++wins;
        });
        ASSERT_EQ(wins, 1) << "round " << round;
    }
}

TEST_P(AdminStoresContract, MakesOneFirstOwner)
{
    ASSERT_TRUE(console_.put_link(link("first", {}), audit_));
    std::atomic<int> wins = 0;
    together(6, [&](int i) {
        if (use("first", "session " + std::to_string(i))) ++wins;
    });

    EXPECT_EQ(wins, 1);
    EXPECT_EQ(admins_.list({})->items.size(), 1U);
    EXPECT_EQ(console_.put_link(link("again", {}), audit_).error().code, ErrorCode::Conflict);
}

TEST_P(AdminStoresContract, MakesNoFirstOwnerOnceThereIsAnAdmin)
{
    ASSERT_TRUE(console_.put_link(link("first", {}), audit_));
    inserted("eva@example.com");

    EXPECT_EQ(use("first", "session").error().code, ErrorCode::InvalidCredentials);
}

TEST_P(AdminStoresContract, NotesUseAndPrunesWhatExpired)
{
    const auto eva = inserted("eva@example.com");
    ASSERT_TRUE(console_.put_link(link("link", eva.id), audit_));
    ASSERT_TRUE(use("link", "session"));
    clock_.advance(1h);
    ASSERT_TRUE(console_.note_seen({{"session", clock_.now()}}));

    EXPECT_EQ((*console_.find_session("session"))->session.seen_at, clock_.now());
    EXPECT_EQ(*console_.prune(clock_.now(), 10), 0);
    clock_.advance(11h);
    EXPECT_EQ(*console_.prune(clock_.now(), 10), 1);
    EXPECT_FALSE(*console_.find_session("session"));
}

INSTANTIATE_TEST_SUITE_P(Engines, AdminStoresContract, testing::ValuesIn(backends()), backend_name);

}  // namespace
}  // namespace accessd::test
