#pragma once

#include "base/error.h"

#include <string>
#include <string_view>

namespace accessd::app {

/// Exit statuses of every command.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;  ///< The command line or the configuration is wrong.

/// What a command was asked for, to standard output.
void print_out(std::string_view text);
/// A sentence about what went wrong, or what to know, to standard error: "accessd: ...".
void print_error(std::string_view sentence);

/// Writes out what is left. False if somebody's disk is full: then the result is incomplete.
bool flush_out();

/// What to tell the operator about a failure.
std::string sentence_of(const Error& error);

/// The text without characters that a terminal would obey instead of showing.
std::string printable(std::string_view text);

/// The text as one word of a shell command.
std::string shell_word(std::string_view text);

}  // namespace accessd::app
