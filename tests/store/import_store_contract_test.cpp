#include "store_fixture.h"
#include "users/import_store.h"

#include <algorithm>
#include <utility>

namespace accessd::test {
namespace {

using namespace std::chrono_literals;
using users::Import;
using users::ImportMode;
using users::ImportRow;
using users::ImportStatus;

/// What every ImportStore promises.
class ImportStoreContract : public StoreContract {
protected:
    Import begin(ImportMode mode, bool is_dry_run = false)
    {
        Import import;
        import.id = new_id("imp_");
        import.project_id = project_id_;
        import.source_id = "src_1";
        import.mode = mode;
        import.is_dry_run = is_dry_run;
        import.created_at = import.updated_at = clock_.now();
        const auto begun = imports_.begin(import);
        if (!begun) throw std::runtime_error{std::string{to_text(begun.error().code)}};
        return import;
    }
    ImportRow row(std::int64_t line, const std::string& user_id, const std::string& email,
                  const std::string& phone = {})
    {
        ImportRow made;
        made.line = line;
        made.user_id = user_id;
        made.new_id = new_id("usr_");
        if (!email.empty()) made.email = email;
        if (!phone.empty()) made.phone = phone;
        made.claims = R"({"line":")" + std::to_string(line) + "\"}";
        return made;
    }
    Import take(const Import& import, const std::vector<ImportRow>& rows,
                const users::ImportColumns& columns = {true, true, true, true})
    {
        auto counted = import;
        counted.rows = static_cast<std::int64_t>(rows.size());
        if (!imports_.add_rows(counted, rows, {})) throw std::runtime_error{"add_rows"};
        const auto done = imports_.apply(counted, columns, true, clock_.now());
        if (!done) throw std::runtime_error{std::string{to_text(done.error().code)}};
        return *done;
    }
    std::vector<std::string> people()
    {
        std::vector<std::string> ids;
        const auto page = users_.list(project_id_, {}, {});
        for (const auto& user : page->items) ids.push_back(user.user_id);
        std::sort(ids.begin(), ids.end());
        return ids;
    }
    users::User get(const std::string& user_id) { return **users_.find(project_id_, user_id); }

    users::ImportStore& imports_ = stores_->imports();
    users::UserStore& users_ = stores_->users();
};

TEST_P(ImportStoreContract, AddsAndChangesAllAtOnce)
{
    auto known = user("ana", "ana@example.com");
    known.name = "Ana";
    ASSERT_TRUE(users_.insert(known, true));
    const auto import = begin(ImportMode::Add);
    ASSERT_TRUE(imports_.add_rows(import, {row(2, "", "ana@example.com", "+34600000001")}, {}));
    EXPECT_EQ(get("ana").phone, std::nullopt) << "nothing is visible before the end";

    const auto done =
        take(import, {row(3, "bob", "bob@example.com"), row(4, "", "cyd@example.com")},
             {.email = true, .phone = true, .name = false, .claims = true});

    EXPECT_EQ(done.status, ImportStatus::Done);
    EXPECT_EQ(done.added, 2);
    EXPECT_EQ(done.changed, 1);
    EXPECT_EQ(get("ana").phone, "+34600000001") << "whoever has the email is the row's person";
    EXPECT_EQ(get("ana").name, "Ana") << "a column that the file lacks stays as it was";
    EXPECT_EQ(get("ana").version, 2);
    EXPECT_EQ(get("bob").email, "bob@example.com");
    EXPECT_EQ(people().size(), 3U);
    EXPECT_EQ(event_names().back(), "import.finished");
}

TEST_P(ImportStoreContract, ADryRunCountsAndChangesNothing)
{
    ASSERT_TRUE(users_.insert(user("ana", "ana@example.com"), true));

    const auto done = take(begin(ImportMode::Replace, true), {row(2, "bob", "bob@example.com")});

    EXPECT_EQ(done.added, 1);
    EXPECT_EQ(done.removed, 1);
    EXPECT_EQ(people(), std::vector<std::string>{"ana"});
}

TEST_P(ImportStoreContract, ReplacingErasesWhoIsMissing)
{
    ASSERT_TRUE(users_.insert(user("ana", "ana@example.com"), true));
    ASSERT_TRUE(users_.insert(user("bob", "bob@example.com"), true));
    const auto validation = sent("bob@example.com");

    // Bob's address goes to Cyd, who is new: that is no conflict, as Bob goes.
    const auto done = take(begin(ImportMode::Replace),
                           {row(2, "ana", "ana@example.com"), row(3, "cyd", "bob@example.com")});

    EXPECT_EQ(done.status, ImportStatus::Done);
    EXPECT_EQ(done.removed, 1);
    EXPECT_EQ(people(), (std::vector<std::string>{"ana", "cyd"}));
    EXPECT_FALSE(*validations_.find(validation.id, ProjectScope::all()));
    const auto names = event_names();
    EXPECT_EQ(std::count(names.begin(), names.end(), "user.deleted"), 1);
}

TEST_P(ImportStoreContract, ReplacingStopsAtARefusedRow)
{
    ASSERT_TRUE(users_.insert(user("ana", "ana@example.com"), true));
    const auto import = begin(ImportMode::Replace);
    ASSERT_TRUE(imports_.add_rows(import, {row(2, "bob", "bob@example.com")},
                                  {{3, "has an email that isn't an address"}}));

    const auto done = imports_.apply(import, {true, true, true, true}, true, clock_.now());

    ASSERT_TRUE(done);
    EXPECT_EQ(done->status, ImportStatus::Failed);
    EXPECT_FALSE(done->problem.empty());
    EXPECT_EQ(people(), std::vector<std::string>{"ana"});
}

TEST_P(ImportStoreContract, RefusesRepetitionsAndOthersContacts)
{
    ASSERT_TRUE(users_.insert(user("ana", "ana@example.com"), true));

    const auto done = take(begin(ImportMode::Add),
                           {row(2, "bob", "bob@example.com"), row(3, "bob", "b2@example.com"),
                            row(4, "bo3", "bob@example.com"), row(5, "eve", "ana@example.com"),
                            row(6, "", "ana@example.com"), row(7, "ana", "a2@example.com")});

    // Lines 5 and 6 repeat each other's address as well: the first of them is looked at.
    const auto refused = *imports_.refused_rows(done.id, 0, 100);
    std::vector<std::int64_t> lines;
    for (const auto& one : refused) lines.push_back(one.line);
    EXPECT_EQ(lines, (std::vector<std::int64_t>{3, 4, 5, 6}));
    EXPECT_EQ(done.refused, 4);
    EXPECT_EQ(people(), (std::vector<std::string>{"ana", "bob"}));
    EXPECT_EQ(imports_.refused_rows(done.id, 4, 1)->at(0).line, 5);
}

TEST_P(ImportStoreContract, TakesOneFileOfAProjectAtATime)
{
    const auto first = begin(ImportMode::Add);
    auto second = first;
    second.id = new_id("imp_");
    EXPECT_EQ(imports_.begin(second).error().code, ErrorCode::Conflict);

    clock_.advance(users::ImportStore::kSilence);
    second.created_at = clock_.now();
    EXPECT_TRUE(imports_.begin(second)) << "whoever ran the first is gone";
    const auto shown = *imports_.find(first.id, ProjectScope::all(), clock_.now());
    EXPECT_EQ(shown->status, ImportStatus::Failed);
}

TEST_P(ImportStoreContract, ShowsOneThatFellSilentAsFailed)
{
    const auto import = begin(ImportMode::Add);
    EXPECT_EQ((*imports_.find(import.id, ProjectScope::all(), clock_.now()))->status,
              ImportStatus::Running);
    clock_.advance(users::ImportStore::kSilence);
    EXPECT_EQ((*imports_.find(import.id, ProjectScope::all(), clock_.now()))->status,
              ImportStatus::Failed);
    EXPECT_FALSE(*imports_.find(import.id, ProjectScope::only({"prj_2"}), clock_.now()));
    EXPECT_FALSE(*imports_.find("imp_none", ProjectScope::all(), clock_.now()));
}

TEST_P(ImportStoreContract, FailsWithoutChangingAnybody)
{
    const auto import = begin(ImportMode::Add);
    ASSERT_TRUE(imports_.add_rows(import, {row(2, "bob", "bob@example.com")}, {}));

    ASSERT_TRUE(imports_.fail(import, "The file is empty.", true, clock_.now()));

    const auto shown = *imports_.find(import.id, ProjectScope::all(), clock_.now());
    EXPECT_EQ(shown->status, ImportStatus::Failed);
    EXPECT_EQ(shown->problem, "The file is empty.");
    EXPECT_TRUE(people().empty());
    EXPECT_EQ(event_names(), std::vector<std::string>{"import.finished"});
}

INSTANTIATE_TEST_SUITE_P(Engines, ImportStoreContract, testing::ValuesIn(backends()), backend_name);

}  // namespace
}  // namespace accessd::test
