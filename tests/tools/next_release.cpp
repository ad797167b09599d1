// What the two releases after this one would add to the schema. Linked with everything of accessd, it makes
// accessd_next, which tests/faults/test_upgrade.py runs beside accessd; never installed.
//
// The first adds a column and a table, which this release may run beside. The second, only when TEST_RELEASE=after_next,
// takes the table away again, which no release before accessd_next may run beside: expand first, contract one
// release later.

#include "base/embedded.h"

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace accessd {

// The linker hands calls of embedded_migrations() to the second of these (-Wl,--wrap).
std::span<const EmbeddedFile> own_migrations() asm("__real__ZN7accessd19embedded_migrationsEv");
std::span<const EmbeddedFile> all_migrations() asm("__wrap__ZN7accessd19embedded_migrationsEv");

namespace {

constexpr auto kExpand = R"(
    CREATE TABLE next_release (validation_id TEXT PRIMARY KEY);
    ALTER TABLE validations ADD COLUMN of_next_release TEXT NOT NULL DEFAULT 'made by an older release';)";
constexpr auto kContract = "DROP TABLE next_release;";

class Steps {
public:
    Steps()
    {
        for (const auto& file : own_migrations()) files_.push_back(file);
        const int newest = std::stoi(std::string{files_.back().name.substr(0, 4)});
        add(newest + 1, "next_release", newest, kExpand);
        const char* release = std::getenv("TEST_RELEASE");
        if (release != nullptr && std::string_view{release} == "after_next")
            add(newest + 2, "after_next_release", newest + 1, kContract);
        std::sort(files_.begin(), files_.end(),
                  [](const auto& a, const auto& b) { return a.name < b.name; });
    }
    const std::vector<EmbeddedFile>& files() const { return files_; }

private:
    void add(int version, const std::string& name, int oldest, const std::string& sql)
    {
        const auto number = std::to_string(10'000 + version).substr(1);
        const auto& text =
            texts_.emplace_back("-- oldest: " + std::to_string(oldest) + "\n" + sql + "\n");
        for (const std::string engine : {"postgres", "sqlite"}) {
            const auto& file = texts_.emplace_back(number + "_" + name + "." + engine + ".sql");
            files_.push_back({file, text});
        }
    }

    std::deque<std::string> texts_;  ///< What files_ points at.
    std::vector<EmbeddedFile> files_;
};

}  // namespace

std::span<const EmbeddedFile> all_migrations()
{
    static const Steps steps;
    return steps.files();
}

}  // namespace accessd
