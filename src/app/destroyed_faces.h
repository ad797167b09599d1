#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "biometrics/face_store.h"
#include "store/backup.h"

#include <optional>
#include <string>
#include <vector>

namespace accessd::app {

/// Copies what the store names as destroyed into the list beside it (store/destroyed_list.h), which no backup holds; and
/// destroys again what a store brought back that doesn't name what the list does: a database that went back to a point in
/// time, or whose standby took over without its last transactions (decision 89).
/// Threads: one at a time.
class DestroyedFaces {
public:
    DestroyedFaces(biometrics::FaceStore& faces, std::string data_dir, const Clock& clock);

    /// Appends what is new since the last call, or since the file was written. The first call is to be made before
    /// anybody is served. Errors: PreconditionFailed with a sentence where the database was brought back with faces in
    /// it and there is no list; StoreUnavailable.
    Result<void> keep();

private:
    using List = std::vector<biometrics::DestroyedFace>;

    Result<void> settle();
    Result<bool> names_last();
    Result<void> append_all(const List& known);
    Result<void> append_new();

    biometrics::FaceStore& faces_;
    std::string file_;
    const Clock& clock_;
    bool is_settled_ = false;
    int calls_ = 0;
    biometrics::DestroyedFace last_;  ///< Of the file; number 0: none.
};

/// Ends what the tools of a PostgreSQL server began that brought a database back: destroys what the folder's own list and
/// `lists` name, and takes the database for the known one. Returns how many faces went.
/// Errors: PreconditionFailed with a sentence where it holds faces and there is no list; StoreUnavailable.
Result<int> destroy_brought_back(biometrics::FaceStore& faces, const std::string& data_dir,
                                 const store::DestroyedLists& lists, TimePoint now);

}  // namespace accessd::app
