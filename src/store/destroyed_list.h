#pragma once

#include "base/result.h"
#include "biometrics/face_store.h"

#include <optional>
#include <string>
#include <vector>

namespace accessd::store {

/// The list of faces and keys that were destroyed, in a file beside the store, so that it is in no backup: restoring
/// an old backup destroys them again. One line each: the number by which the store knows it, and the id, which
/// tells nothing of the person.

/// Where it is, for the store in this folder.
std::string destroyed_list_file(const std::string& data_dir);

/// Nothing where there is no such file. A last line that was cut short is left out: the store has it still.
/// Errors: StoreUnavailable with a sentence.
Result<std::optional<std::vector<biometrics::DestroyedFace>>> read_destroyed_list(
    const std::string& file);

/// Adds lines, and returns when they are on the disk. Makes the file (mode 0600) if need be.
/// Errors: StoreUnavailable with a sentence.
Result<void> append_destroyed(const std::string& file,
                              const std::vector<biometrics::DestroyedFace>& destroyed);

}  // namespace accessd::store
