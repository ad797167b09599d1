#pragma once

#include "app/config_commands.h"
#include "app/key_commands.h"
#include "store/backup.h"

#include <string>

namespace accessd::app {

/// Copies the store into a new file, also while a server runs. These return the exit status.
int backup(const ConfigChoice& choice, const std::string& file, Output output);

/// Puts a copy in the store's place; with `is_replacing` also where there is one, which is kept aside. What `destroyed`
/// and the folder's own list name is destroyed in it. Without a file: the same for a PostgreSQL server's database, which
/// the server's own tools have brought back.
int restore(const ConfigChoice& choice, const std::string& file, bool is_replacing,
            const store::DestroyedLists& destroyed);

/// Copies everything from one store into another: "sqlite:FOLDER", "postgres:URL".
int copy_store(const std::string& from, const std::string& to, Output output);

/// Makes a new master key; `new_file` empty: in the place of the old one.
int rekey(const ConfigChoice& choice, const std::string& new_file);

}  // namespace accessd::app
