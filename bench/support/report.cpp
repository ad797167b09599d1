#include "support/report.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace accessd::bench {
namespace {

bool reaches(const Figure& figure, double target)
{
    return figure.better == Figure::Better::Higher ? figure.value >= target
                                                   : figure.value <= target;
}

const char* verdict(const Figure& figure)
{
    if (!figure.must) return "";
    if (figure.aim && reaches(figure, *figure.aim)) return "aim";
    return reaches(figure, *figure.must) ? "must" : "MISSED";
}

/// Three digits that count, however large or small.
std::string number_text(double value)
{
    const double size = std::abs(value);
    const int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
    return text.data();
}

std::string target_text(const std::optional<double>& target)
{
    return target ? number_text(*target) : std::string{};
}

}  // namespace

double percentile(const std::vector<double>& sorted, double share)
{
    if (sorted.empty()) return 0;
    const auto index = static_cast<std::size_t>(share * static_cast<double>(sorted.size()));
    return sorted[std::min(index, sorted.size() - 1)];
}

void Report::add(Figure figure) { rows_.push_back({{}, std::move(figure)}); }
void Report::add_heading(std::string text) { rows_.push_back({std::move(text), {}}); }
void Report::add_note(std::string text) { notes_.push_back(std::move(text)); }

void Report::append(const Report& other)
{
    rows_.insert(rows_.end(), other.rows_.begin(), other.rows_.end());
    notes_.insert(notes_.end(), other.notes_.begin(), other.notes_.end());
}

void Report::print() const
{
    std::printf("\n%-58s %9s %-6s %8s %8s\n", "", "measured", "", "must", "aim");
    for (const auto& [heading, figure] : rows_) {
        if (!heading.empty()) {
            std::printf("\n%s\n", heading.c_str());
            continue;
        }
        std::printf("  %-56s %9s %-6s %8s %8s  %s\n", figure.name.c_str(),
                    number_text(figure.value).c_str(), figure.unit.c_str(),
                    target_text(figure.must).c_str(), target_text(figure.aim).c_str(),
                    verdict(figure));
    }
    if (!notes_.empty()) std::printf("\n");
    for (const auto& note : notes_) std::printf("%s\n", note.c_str());
    std::fflush(stdout);
}

void Report::write_json(const std::filesystem::path& file) const
{
    auto figures = nlohmann::json::array();
    std::string group;
    for (const auto& [heading, figure] : rows_) {
        if (!heading.empty()) {
            group = heading;
            continue;
        }
        nlohmann::json item{{"group", group},
                            {"name", figure.name},
                            {"value", figure.value},
                            {"unit", figure.unit}};
        if (figure.must) item["must"] = *figure.must;
        if (figure.aim) item["aim"] = *figure.aim;
        if (figure.must) item["reached"] = verdict(figure);
        figures.push_back(std::move(item));
    }
    std::ofstream out{file};
    out << nlohmann::json{{"figures", std::move(figures)}, {"notes", notes_}}.dump(2) << '\n';
    if (!out.flush()) throw std::runtime_error{"can't write " + file.string()};
}

}  // namespace accessd::bench
