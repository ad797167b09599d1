#pragma once

#include "support/measure.h"
#include "support/program.h"
#include "support/report.h"
#include "support/server.h"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace accessd::bench {

/// What programs of bench/ are told on the command line; each adds those that it knows.
struct Options {
    int seconds = 8;
    int rounds = 2;
    std::string folder;  ///< Where data is kept; empty: beside the program that is measured.
    std::string json;    ///< Where figures are written to as well; empty: nowhere.
};

inline void add_seconds(CLI::App& app, Options& options, const std::string& of_what, int most = 600)
{
    app.add_option("--seconds", options.seconds, of_what)
        ->check(CLI::Range(1, most))
        ->capture_default_str();
}

inline void add_rounds(CLI::App& app, Options& options, const std::string& of_what)
{
    app.add_option("--rounds", options.rounds, of_what)
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
}

/// Numbers with commas between.
template <class Number>
void add_numbers(CLI::App& app, const std::string& name, std::vector<Number>& numbers,
                 const std::string& about, int least, int most)
{
    app.add_option(name, numbers, about)
        ->delimiter(',')
        ->check(CLI::Range(least, most))
        ->capture_default_str();
}

inline void add_engines(CLI::App& app, std::vector<std::string>& engines)
{
    app.add_option("--engines", engines)
        ->delimiter(',')
        ->check(CLI::IsMember({"SQLite", "PostgreSQL"}))
        ->capture_default_str();
}

inline void add_folder(CLI::App& app, Options& options)
{
    app.add_option("--folder", options.folder, "where data is kept; else beside ACCESSD_BIN");
}

inline void add_json(CLI::App& app, Options& options)
{
    app.add_option("--json", options.json, "also write the figures to this file");
}

/// The program that is measured, and where its data goes.
struct Place {
    std::filesystem::path binary;
    std::filesystem::path folder;
};

/// Throws std::runtime_error.
inline Place find_place(const Options& options)
{
    const auto binary = server_binary();
    return {binary, data_parent(options.folder, binary)};
}

/// Runs `body`, and prints and writes what it reports. Returns the exit status.
inline int run_report(const char* name, const Options& options,
                      const std::function<void(Report& report)>& body)
{
    return run_program(name, [&] {
        Report report;
        body(report);
        report.print();
        if (!options.json.empty()) report.write_json(options.json);
    });
}

}  // namespace accessd::bench
