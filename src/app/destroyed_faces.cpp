#include "app/destroyed_faces.h"

#include "base/log.h"
#include "store/destroyed_list.h"

#include <set>
#include <utility>

namespace accessd::app {
namespace {

using biometrics::DestroyedFace;
using biometrics::Provenance;

constexpr int kBatch = 1000;
constexpr int kCallsPerLook = 10;  // A standby that took over is noticed that many calls later.

Error no_list(const std::string& file)
{
    const auto sentence =
        "The database isn't the one that it was (brought back from a backup, or another server took over), it "
        "holds faces, and nothing says which were destroyed since: " +
        file +
        " is missing. Run accessd restore --destroyed-faces FILE with the list of a node that served before. "
        "With --without-destroyed-faces faces of people who were erased since come back.";
    return Error{ErrorCode::PreconditionFailed, sentence}.saying(sentence);
}

}  // namespace

DestroyedFaces::DestroyedFaces(biometrics::FaceStore& faces, std::string data_dir,
                               const Clock& clock)
    : faces_(faces), file_(store::destroyed_list_file(data_dir)), clock_(clock)
{
}

Result<void> DestroyedFaces::keep()
{
    if (is_settled_ && ++calls_ % kCallsPerLook == 0) {
        ACCESSD_TRY(const auto provenance, faces_.provenance());
        is_settled_ = provenance == Provenance::Known;
    }
    if (!is_settled_) return settle();
    ACCESSD_TRY(const bool is_named, names_last());
    return is_named ? append_new() : settle();
}

/// Brings list and store together, whichever of them knows more.
Result<void> DestroyedFaces::settle()
{
    ACCESSD_TRY(const auto list, store::read_destroyed_list(file_));
    ACCESSD_TRY(const auto provenance, faces_.provenance());
    if (provenance == Provenance::Other && !list) return no_list(file_);
    // Also where it has no lines, so that such a one differs from one that was lost.
    if (!list) ACCESSD_CHECK(store::append_destroyed(file_, {}));
    const List known = list.value_or(List{});
    last_ = known.empty() ? DestroyedFace{} : known.back();
    ACCESSD_TRY(const bool is_named, names_last());
    if (is_named && provenance != Provenance::Other) {
        ACCESSD_CHECK(append_new());
    } else {
        ACCESSD_TRY(const int faces, faces_.destroy_again(known, clock_.now()));
        log::warn(
            "the database was brought back or taken over: what was destroyed of faces is destroyed again",
            {{"faces", faces}});
        ACCESSD_CHECK(append_all(known));
    }
    if (provenance != Provenance::Known) ACCESSD_CHECK(faces_.take_as_known());
    is_settled_ = true;
    return {};
}

/// Whether the store has the file's last line as its own.
Result<bool> DestroyedFaces::names_last()
{
    if (last_.sequence == 0) return true;
    ACCESSD_TRY(const auto found, faces_.destroyed_after(last_.sequence - 1, 1));
    return !found.empty() && found[0].sequence == last_.sequence && found[0].id == last_.id;
}

/// What the store names under another number than the file, or the file doesn't name.
Result<void> DestroyedFaces::append_all(const List& known)
{
    std::set<std::pair<std::int64_t, std::string>> lines;
    for (const auto& one : known) lines.emplace(one.sequence, one.id);
    last_ = {};
    for (;;) {
        ACCESSD_TRY(const auto batch, faces_.destroyed_after(last_.sequence, kBatch));
        if (batch.empty()) return {};
        List fresh;
        for (const auto& one : batch) {
            if (!lines.contains({one.sequence, one.id})) fresh.push_back(one);
        }
        ACCESSD_CHECK(store::append_destroyed(file_, fresh));
        last_ = batch.back();
    }
}

Result<void> DestroyedFaces::append_new()
{
    for (;;) {
        ACCESSD_TRY(const auto fresh, faces_.destroyed_after(last_.sequence, kBatch));
        if (fresh.empty()) return {};
        ACCESSD_CHECK(store::append_destroyed(file_, fresh));
        last_ = fresh.back();
    }
}

Result<int> destroy_brought_back(biometrics::FaceStore& faces, const std::string& data_dir,
                                 const store::DestroyedLists& lists, TimePoint now)
{
    const auto own_file = store::destroyed_list_file(data_dir);
    ACCESSD_TRY(const auto own, store::read_destroyed_list(own_file));
    auto known = own;
    if (!lists.file.empty()) {
        ACCESSD_TRY(const auto given, store::read_destroyed_list(lists.file));
        if (!given) return no_list(lists.file);
        if (!known) known.emplace();
        known->insert(known->end(), given->begin(), given->end());
    }
    ACCESSD_TRY(const auto counts, faces.count_by_model());
    if (!known && !counts.empty() && !lists.may_be_missing) return no_list(own_file);
    int destroyed = 0;
    if (known) {
        ACCESSD_TRY(destroyed, faces.destroy_again(*known, now));
    }
    ACCESSD_CHECK(faces.take_as_known());
    return destroyed;
}

}  // namespace accessd::app
