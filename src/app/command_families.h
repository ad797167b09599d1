#pragma once

#include "app/command_line.h"

namespace accessd::app {

// What there is to say, by what it is about. Each adds its commands to the root.

void add_server_commands(CommandLine& line);   ///< serve, init, config.
void add_people_commands(CommandLine& line);   ///< key, admin.
void add_data_commands(CommandLine& line);     ///< backup, store, restore, rekey, doctor, migrate.
void add_face_commands(CommandLine& line);     ///< models, biometrics, faces.
void add_program_commands(CommandLine& line);  ///< version, completion.
void add_project_commands(CommandLine& line);  ///< project.

}  // namespace accessd::app
