// How much memory do connections take that wait for nothing?

#include "support/load_generator.h"
#include "support/loopback.h"
#include "support/options.h"

#include <CLI/CLI.hpp>

#include <sys/resource.h>

#include <string>
#include <thread>

namespace accessd::bench {
namespace {

/// One request on every connection, so that each has all the buffers that it will ever have.
class OnceEach final : public Script {
public:
    explicit OnceEach(std::size_t slots)
        : text_(request_text("GET", "/healthz", {}, {})), open_(slots), asked_(slots)
    {
    }
    std::string_view next_request(std::size_t slot) override
    {
        if (asked_[slot]) return {};
        asked_[slot] = true;
        return text_;
    }
    void on_answer(std::size_t, const Answer&) override { --open_; }
    bool is_done() const override { return open_ == 0; }

private:
    std::string text_;
    std::size_t open_;
    std::vector<bool> asked_;
};

void run(std::size_t connections, const Options& options, Report& report)
{
    const rlimit wanted{connections + 200, connections + 200};
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const bool is_enough = limit.rlim_cur >= wanted.rlim_cur;
    if (!is_enough && ::setrlimit(RLIMIT_NOFILE, &wanted) != 0) {
        report.add_note("Skipped: 'ulimit -n' allows " + std::to_string(limit.rlim_cur) +
                        " files, and " + std::to_string(wanted.rlim_cur) + " are needed.");
        return;
    }
    const auto [binary, folder] = find_place(options);
    Server server{{.binary = binary, .folder = folder}};
    server.start();
    const auto before = memory_of(server.process()).now_mb;
    LoadGenerator generator{server.port(), connections};
    OnceEach script{connections};
    generator.run(script, std::chrono::seconds{30});
    std::this_thread::sleep_for(std::chrono::seconds{1});

    const auto with = memory_of(server.process()).now_mb;
    report.add({"memory without connections", before, "MB"});
    Figure figure{"memory with " + std::to_string(connections) + " idle connections", with, "MB"};
    if (connections == 10'000) {
        figure.must = 150;
        figure.aim = 60;
    }
    report.add(figure);
    report.add(
        {"for each connection", (with - before) * 1024 / static_cast<double>(connections), "KiB"});
}

}  // namespace
}  // namespace accessd::bench

int main(int argc, char** argv)
{
    using namespace accessd::bench;
    std::size_t connections = 10'000;
    Options options;
    CLI::App app{"How much memory do idle connections take?"};
    app.add_option("--connections", connections)
        ->check(CLI::Range(1, 19'000))
        ->capture_default_str();
    add_json(app, options);
    CLI11_PARSE(app, argc, argv);
    return run_report("idle_connections", options,
                      [&](Report& report) { run(connections, options, report); });
}
