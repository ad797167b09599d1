#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "config/config.h"
#include "crypto/key_material_store.h"

#include <string>

namespace accessd::app {

/// What became of the master keys.
struct Rekeyed {
    std::string new_file;
    std::string old_file;  ///< Empty: the old key stays where it was.
    int keys = 0;          ///< How many the new one wraps.
};

/// Makes a new master key and wraps every data key and pepper with it. Without `new_file` it takes the place
/// of the old one, which is kept beside it under another name; else it is written to `new_file`, which the
/// configuration must name from then on.
///
/// A crash at any point loses nothing: the new key is on disk before the store's one transaction, the old
/// one stays on disk, and settle_master_key ends what was begun. Nobody else may have the store open.
/// Errors: Conflict, Internal, StoreUnavailable, each with a sentence.
Result<Rekeyed> rekey(const config::Config& config, const std::string& new_file,
                      crypto::KeyMaterialStore& store, Clock& clock, Random& random);

/// The master key that the store is wrapped with. `key` is the configured one; where a rekey was cut off
/// after its transaction, that is the old one, and the new one waits beside it to be put in its place.
/// Errors: StoreUnavailable; Internal with a sentence.
Result<Secret> settle_master_key(const config::Config& config, const Secret& key,
                                 crypto::KeyMaterialStore& store, const Clock& clock);

}  // namespace accessd::app
