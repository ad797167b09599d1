#include "biometrics/biometric_store.h"
#include "biometrics/face_store.h"
#include "projects/project_store.h"
#include "store/backup.h"
#include "store/destroyed_list.h"
#include "store/open.h"
#include "store/stores.h"
#include "support/fakes.h"
#include "support/temp_folder.h"
#include "users/user_store.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace accessd::test {
namespace {

using biometrics::DestroyedFace;

constexpr auto kProject = "prj_1";

/// Faces that were destroyed after a backup was made, and the backup that comes back.
class DestroyAgainTest : public testing::Test {
protected:
    DestroyAgainTest()
    {
        open();
        projects::ProjectSetup setup;
        setup.project.id = kProject;
        setup.project.name = setup.project.slug = "shop";
        EXPECT_TRUE(stores_->projects().insert(setup));
        EXPECT_TRUE(stores_->faces().digest_key(kProject, "sealed digest key"));
        enrol("ana");
        enrol("bob");
        EXPECT_TRUE(store::backup(data_dir_, backup_, {}));
        EXPECT_TRUE(stores_->users().erase(kProject, "ana", clock_.now(), true, std::nullopt, {}));
    }

    void open() { stores_ = store::open(data_dir_, clock_, random_).value(); }

    void enrol(const std::string& user_id)
    {
        biometrics::NewFace made;
        made.key = {"fkey_" + user_id, "sealed key"};
        made.create_user = true;
        made.face.id = "face_" + user_id;
        made.face.project_id = kProject;
        made.face.user_id = user_id;
        made.face.key_id = made.key.id;
        made.face.status = biometrics::FaceStatus::Active;
        made.face.model = "model-1";
        made.face.sealed_template = "sealed template";
        made.pictures = {{"digest of " + user_id, biometrics::SeenAs::Enrolled, "", "sealed print",
                          clock_.now()}};
        EXPECT_TRUE(stores_->faces().enrol(made, true, clock_.now(), {}));
    }

    /// What the housekeeper does.
    void write_list()
    {
        const auto destroyed = stores_->faces().destroyed_after(0, 100).value();
        ASSERT_TRUE(store::append_destroyed(store::destroyed_list_file(data_dir_), destroyed));
    }

    Result<store::Restored> restore(const store::DestroyedLists& lists = {})
    {
        stores_.reset();
        return store::restore(data_dir_, backup_, store::Existing::KeptAside, clock_, lists);
    }
    bool has_face(const std::string& user_id)
    {
        const auto person = stores_->biometrics().find_person(kProject, user_id).value();
        EXPECT_EQ(person.key.has_value(), !person.faces.empty());
        return !person.faces.empty();
    }
    /// Everything of the store but the list.
    void lose_store()
    {
        stores_.reset();
        for (const auto* name : {"accessd.db", "accessd.db-wal", "accessd.db-shm"}) {
            std::filesystem::remove(data_dir_ + "/" + name);
        }
    }

    TempFolder folder_;
    const std::string data_dir_ = folder_.path("data");
    const std::string backup_ = folder_.path("monday.db");
    FakeClock clock_;
    FakeRandom random_;
    std::unique_ptr<store::Stores> stores_;
};

TEST_F(DestroyAgainTest, DestroysWhatTheStoreThatIsThereNames)
{
    const auto restored = restore();

    ASSERT_TRUE(restored) << restored.error().detail;
    EXPECT_EQ(restored->faces_destroyed, 1);
    open();
    EXPECT_FALSE(has_face("ana"));
    EXPECT_TRUE(has_face("bob"));
}

TEST_F(DestroyAgainTest, DestroysWhatTheListNamesWhenTheStoreIsLost)
{
    write_list();
    lose_store();

    const auto restored = restore();

    ASSERT_TRUE(restored) << restored.error().detail;
    EXPECT_EQ(restored->faces_destroyed, 1);
    open();
    EXPECT_FALSE(has_face("ana"));
    EXPECT_TRUE(has_face("bob"));
    EXPECT_EQ(stores_->faces().destroyed_after(0, 10)->size(), 1U);
    // What is destroyed next has a number of its own.
    ASSERT_TRUE(stores_->users().erase(kProject, "bob", clock_.now(), true, std::nullopt, {}));
    const auto destroyed = stores_->faces().destroyed_after(1, 10).value();
    ASSERT_EQ(destroyed.size(), 1U);
    EXPECT_EQ(destroyed[0].id, "fkey_bob");
}

TEST_F(DestroyAgainTest, RefusesABackupWithFacesWhereNothingIsKnown)
{
    lose_store();

    const auto refused = restore();

    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::PreconditionFailed);
    EXPECT_NE(refused.error().detail.find("--destroyed-faces"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(data_dir_ + "/accessd.db"));

    const auto told = restore({.file = {}, .may_be_missing = true});
    ASSERT_TRUE(told) << told.error().detail;
    open();
    EXPECT_TRUE(has_face("ana"));
}

TEST_F(DestroyAgainTest, TakesAnotherListAndNoneThatIsNotOurs)
{
    write_list();
    const auto kept = folder_.path("kept.list");
    std::filesystem::rename(store::destroyed_list_file(data_dir_), kept);
    lose_store();
    const auto wrong = folder_.write("wrong.list", "1 everything\n");

    EXPECT_FALSE(restore({.file = wrong, .may_be_missing = false}));
    EXPECT_FALSE(restore({.file = folder_.path("missing"), .may_be_missing = true}));
    ASSERT_TRUE(restore({.file = kept, .may_be_missing = false}));
    open();
    EXPECT_FALSE(has_face("ana"));
}

TEST_F(DestroyAgainTest, LeavesOutALineThatWasCutShort)
{
    const auto file = folder_.path("cut.list");
    ASSERT_TRUE(store::append_destroyed(file, {{1, "fkey_a"}, {2, "face_b"}}));
    const auto whole = folder_.read("cut.list");
    folder_.write("cut.list", whole.substr(0, whole.size() - 3));

    const auto found = store::read_destroyed_list(file).value();

    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->at(0).id, "fkey_a");
    EXPECT_FALSE(store::read_destroyed_list(folder_.path("none")).value());
}

}  // namespace
}  // namespace accessd::test
