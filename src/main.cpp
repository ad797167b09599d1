#include "app/commands.h"

int main(int argc, char** argv) { return accessd::app::run_command(argc, argv); }
