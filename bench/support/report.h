#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace accessd::bench {

/// Something measured, and what it should be.
struct Figure {
    enum class Better { Higher, Lower };
    std::string name;
    double value = 0;
    std::string unit;  ///< "/s", "ms", "MB".
    Better better = Better::Lower;
    std::optional<double> must{};
    std::optional<double> aim{};
};

/// Collects figures and prints them as a table. With targets, the last column says "aim" or "must"
/// for what was reached, or "MISSED".
class Report {
public:
    void add(Figure figure);
    /// A line between the figures.
    void add_heading(std::string text);
    /// A sentence below the table.
    void add_note(std::string text);
    /// Everything of another report, behind what is here.
    void append(const Report& other);

    void print() const;
    /// The same as a JSON object. Throws std::runtime_error.
    void write_json(const std::filesystem::path& file) const;

private:
    struct Row {
        std::string heading;  ///< Empty: a figure.
        Figure figure;
    };
    std::vector<Row> rows_;
    std::vector<std::string> notes_;
};

/// The value below which a share of the sorted samples lies.
double percentile(const std::vector<double>& sorted, double share);

}  // namespace accessd::bench
