#include "face_fixture.h"

namespace accessd::test {
namespace {

class FaceIndexTest : public FaceTest {
protected:
    face::Embedding probe(const std::string& picture)
    {
        return *analyst_.analyse(picture, {})->embedding;
    }
    std::vector<std::string> found(const std::string& picture, std::size_t results_max = 5)
    {
        std::vector<std::string> users;
        const auto people = index_->search(project_id_, probe(picture), 1e-4, results_max).value();
        for (const auto& person : people) users.push_back(person.user_id);
        return users;
    }
};

using Users = std::vector<std::string>;

TEST_F(FaceIndexTest, FindsWhoMatchesAndNobodyElse)
{
    enrolled("ana", "ana/1");
    enrolled("bob", "bob/1");

    EXPECT_EQ(found("ana/2"), Users{"ana"});
    EXPECT_EQ(found("bob/2"), Users{"bob"});
    EXPECT_TRUE(found("eve/1").empty());
    EXPECT_EQ(index_->size(project_id_).value(), 2U);
}

TEST_F(FaceIndexTest, NamesEachPersonOnce)
{
    enrolled("ana", "ana/1");
    enrolled("ana", "ana/22");

    EXPECT_EQ(found("ana/3"), Users{"ana"});
}

TEST_F(FaceIndexTest, KeepsUpWithWhatChanges)
{
    enrolled("ana", "ana/1");
    ASSERT_EQ(found("ana/2"), Users{"ana"});
    const auto face = enrolled("bob", "bob/1").face;
    EXPECT_EQ(found("bob/2"), Users{"bob"});

    ASSERT_TRUE(stores_->faces().remove(project_id_, "bob", face.id, clock_.now(), true, {}));
    EXPECT_TRUE(found("bob/2").empty());

    ASSERT_TRUE(directory_->erase(project_id_, "ana", true, {}, {}));
    EXPECT_TRUE(found("ana/2").empty());
    EXPECT_EQ(index_->size(project_id_).value(), 0U);

    enrolled("ana", "ana/5");
    EXPECT_EQ(found("ana/2"), Users{"ana"}) << "enrolled again, under another key";
}

TEST_F(FaceIndexTest, HoldsNoProvisionalFacesAndNoOtherProjects)
{
    ASSERT_TRUE(enrol("ana", {"ana/1"}));
    EXPECT_TRUE(found("ana/2").empty());

    enrolled("bob", "bob/1");
    EXPECT_TRUE(index_->search("prj_other", probe("bob/2"), 1e-4, 5)->empty());
}

TEST_F(FaceIndexTest, IsSearchedOnlyWhereTheOperatorSwitchedItOn)
{
    enrolled("ana", "ana/1");
    const biometrics::StandAloneCaller caller{"key_1", {}};
    EXPECT_EQ(compare_->search(caller, project_id_, "ana/2", 1e-4, 1).error().code,
              ErrorCode::MethodDisabled);
    settings_.search = true;
    make_parts(false);

    const auto searched = compare_->search(caller, project_id_, "ana/2", 1e-4, 1).value();

    ASSERT_EQ(searched.people.size(), 1U);
    EXPECT_EQ(searched.people[0].user_id, "ana");
    EXPECT_EQ(searched.searched, 1U);
}

TEST_F(FaceIndexTest, ComparesPicturesByThemselvesWithinTheLimit)
{
    const biometrics::StandAloneCaller caller{"key_1", "203.0.113.9"};

    const auto compared = compare_->compare(caller, "ana/1", {"ana/2", "bob/1"}, 1e-3).value();

    ASSERT_EQ(compared.results.size(), 2U);
    EXPECT_EQ(compared.results[0].decision, face::Decision::Match);
    EXPECT_EQ(compared.results[1].decision, face::Decision::NoMatch);
    for (int i = 0; i < 9; ++i) ASSERT_TRUE(compare_->detect(caller, "ana/1"));
    EXPECT_EQ(compare_->detect(caller, "ana/1").error().code, ErrorCode::RateLimited);
    EXPECT_TRUE(compare_->detect({"key_1", "203.0.113.10"}, "ana/1")) << "another person's";
}

}  // namespace
}  // namespace accessd::test
