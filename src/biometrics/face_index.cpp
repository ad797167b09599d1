#include "biometrics/face_index.h"

#include "biometrics/rough_rows.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace accessd::biometrics {
namespace {

constexpr int kBatch = 1000;
/// More projects than this are not searched at one time; the one searched longest ago gives way.
constexpr std::size_t kProjectsMax = 64;
/// Candidates whose thresholds are looked at, for each result wanted: one person may have several faces.
constexpr std::size_t kCandidatesPerResult = 8;
/// What the products of a search lose against exact scores is far less than what rough rows allow for. Equal ones may
/// still stand in another order, so a few more are scored.
constexpr std::size_t kCandidatesMore = 32;

struct Entry {
    std::string face_id;
    std::string user_id;
    std::string key_id;
    int pictures = 1;
};

}  // namespace

/// Numbers stand apart from names, one row after the other: a search reads rough ones of all rows, and exact ones of few.
struct FaceIndex::Project {
    mutable std::shared_mutex mutex;  ///< Guards what follows.
    std::int64_t number = 0;
    TimePoint searched_at;
    std::size_t dimension = 0;
    std::vector<Entry> entries;
    std::vector<float> numbers;
    RoughRows rough;                                      ///< Of the same rows.
    std::unordered_map<std::string, std::size_t> places;  ///< Of entries, by face.

    std::span<const float> row(std::size_t place) const
    {
        return {numbers.data() + place * dimension, dimension};
    }

    void put(Entry entry, const std::vector<float>& mean)
    {
        if (entries.empty()) {
            dimension = mean.size();
            rough.clear(dimension);
        }
        if (mean.size() != dimension) return;
        const auto [known, is_new] = places.try_emplace(entry.face_id, entries.size());
        if (is_new) {
            numbers.insert(numbers.end(), mean.begin(), mean.end());
            rough.push_back(mean);
            entries.push_back(std::move(entry));
            return;
        }
        rough.replace(known->second, mean);
        std::copy(mean.begin(), mean.end(),
                  numbers.begin() + static_cast<std::ptrdiff_t>(known->second * dimension));
        entries[known->second] = std::move(entry);
    }

    void clear()
    {
        number = 0;
        entries.clear();
        numbers.clear();
        rough.clear();
        places.clear();
    }

    /// The last entry takes the place of the one that goes.
    void remove_at(std::size_t place)
    {
        places.erase(entries[place].face_id);
        rough.remove_at(place);
        const auto last = entries.size() - 1;
        if (place != last) {
            const auto from = row(last);
            std::copy(from.begin(), from.end(),
                      numbers.begin() + static_cast<std::ptrdiff_t>(place * dimension));
            entries[place] = std::move(entries[last]);
            places[entries[place].face_id] = place;
        }
        entries.pop_back();
        numbers.resize(entries.size() * dimension);
    }

    /// Places of the best, by their exact scores. All rows are looked at, as quickly as memory gives them.
    std::vector<std::size_t> nearest(std::span<const float> weighed,
                                     const face::Comparison& comparison,
                                     std::span<const float> probe, std::size_t places_max) const
    {
        std::vector<std::pair<double, std::size_t>> exact;
        for (const auto place : rough.largest(weighed, places_max + kCandidatesMore)) {
            exact.emplace_back(comparison.raw_score(row(place), probe), place);
        }
        std::ranges::sort(exact, std::greater<>{});
        exact.resize(std::min(exact.size(), places_max));
        std::vector<std::size_t> found;
        for (const auto& [score, place] : exact) found.push_back(place);
        return found;
    }

    void remove(const std::vector<std::string>& gone)
    {
        const std::unordered_set<std::string> ids{gone.begin(), gone.end()};
        for (std::size_t place = entries.size(); place-- > 0;) {
            const auto& entry = entries[place];
            if (ids.contains(entry.face_id) || ids.contains(entry.key_id)) remove_at(place);
        }
    }
};

FaceIndex::FaceIndex(FaceStore& store, const FaceVault& vault, FaceReader reader, Clock& clock)
    : store_(store), vault_(vault), reader_(reader), clock_(clock)
{
}

FaceIndex::~FaceIndex() = default;

Result<void> FaceIndex::refresh(const std::string& project_id, Project& project,
                                const face::Comparison& comparison)
{
    for (bool is_complete = false; !is_complete;) {
        ACCESSD_TRY(const auto changes, store_.changes_after(project_id, project.number, kBatch));
        if (changes.number < project.number) {
            // The database went back, to a point in time or without its last transactions: what it never had goes.
            project.clear();
            continue;
        }
        is_complete = changes.is_complete;
        // Gone first: what comes with the same changes is there still.
        if (!changes.gone.empty()) project.remove(changes.gone);
        for (const auto& face : changes.faces) {
            if (face.model != comparison.model()) continue;
            ACCESSD_TRY(const auto key, vault_.open(face.key));
            ACCESSD_TRY(const auto opened,
                        vault_.open_template(face.sealed_template, key, face.face_id));
            project.put({face.face_id, face.user_id, face.key.id,
                         static_cast<int>(opened.embeddings.size())},
                        opened.mean);
        }
        project.number = changes.number;
    }
    return {};
}

Result<std::shared_ptr<FaceIndex::Project>> FaceIndex::fresh(const std::string& project_id)
{
    ACCESSD_TRY(const auto* comparison, reader_.comparison());
    std::shared_ptr<Project> project;
    const auto now = clock_.now();
    {
        const std::scoped_lock lock{mutex_};
        auto& place = projects_[project_id];
        if (!place) place = std::make_shared<Project>();
        place->searched_at = now;
        project = place;
        if (projects_.size() > kProjectsMax) {
            projects_.erase(std::min_element(
                projects_.begin(), projects_.end(), [](const auto& one, const auto& other) {
                    return one.second->searched_at < other.second->searched_at;
                }));
        }
    }
    const std::unique_lock lock{project->mutex};
    // Each time: it reads what changed since, and two faces of one person may come within a moment.
    ACCESSD_CHECK(refresh(project_id, *project, *comparison));
    return project;
}

Result<std::vector<FoundPerson>> FaceIndex::search(const std::string& project_id,
                                                   const face::Embedding& probe, double match_fmr,
                                                   std::size_t results_max)
{
    ACCESSD_TRY(const auto* comparison, reader_.comparison());
    ACCESSD_TRY(const auto project, fresh(project_id));
    const std::shared_lock lock{project->mutex};
    if (probe.model != comparison->model() || project->entries.empty() ||
        probe.values.size() != project->dimension) {
        return std::vector<FoundPerson>{};
    }
    const auto places = project->nearest(comparison->for_search(probe.values), *comparison,
                                         probe.values, results_max * kCandidatesPerResult);
    std::vector<FoundPerson> found;
    for (const auto place : places) {
        if (found.size() == results_max) break;
        const auto& entry = project->entries[place];
        const auto row = project->row(place);
        face::Template known;
        known.model = probe.model;
        known.mean.assign(row.begin(), row.end());
        known.embeddings.resize(static_cast<std::size_t>(entry.pictures));
        auto compared = comparison->compare(known, probe, match_fmr);
        const bool is_known = std::any_of(found.begin(), found.end(), [&](const auto& other) {
            return other.user_id == entry.user_id;
        });
        if (compared.decision != face::Decision::Match || is_known) continue;
        found.push_back({entry.user_id, entry.face_id, compared});
    }
    return found;
}

Result<std::size_t> FaceIndex::size(const std::string& project_id)
{
    ACCESSD_TRY(const auto project, fresh(project_id));
    const std::shared_lock lock{project->mutex};
    return project->entries.size();
}

}  // namespace accessd::biometrics
