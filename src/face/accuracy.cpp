#include "face/accuracy.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace accessd::face {
namespace {

constexpr std::array kRates{1e-2, 1e-3, 1e-4, 1e-5};
constexpr double kNormal = 1.959963985;  ///< 95 % of a normal distribution, both sides.

struct Scores {
    std::vector<double> genuine;   ///< Rising.
    std::vector<double> impostor;  ///< Rising.
};

Scores sorted(const std::vector<ScoredPair>& pairs)
{
    Scores scores;
    for (const auto& pair : pairs) {
        (pair.same ? scores.genuine : scores.impostor).push_back(pair.score);
    }
    std::sort(scores.genuine.begin(), scores.genuine.end());
    std::sort(scores.impostor.begin(), scores.impostor.end());
    return scores;
}

long below(const std::vector<double>& rising, double threshold)
{
    return std::lower_bound(rising.begin(), rising.end(), threshold) - rising.begin();
}

/// Where as many of the same person are refused as of others let through.
double equal_error(const Scores& scores)
{
    const auto genuine = static_cast<double>(scores.genuine.size());
    const auto impostor = static_cast<double>(scores.impostor.size());
    double best = 1;
    for (const auto* const list : {&scores.genuine, &scores.impostor}) {
        for (const double threshold : *list) {
            const double missed = static_cast<double>(below(scores.genuine, threshold)) / genuine;
            const double passed =
                1 - static_cast<double>(below(scores.impostor, threshold)) / impostor;
            best = std::min(best, std::max(missed, passed));
        }
    }
    return best;
}

/// The lowest threshold that no more than so many impostors reach.
double threshold_for(const std::vector<double>& impostor, double fmr)
{
    const auto count = static_cast<double>(impostor.size());
    const auto allowed = static_cast<std::size_t>(std::floor(count * fmr + 1e-9));
    const double last_refused = impostor[impostor.size() - 1 - allowed];
    return std::nextafter(last_refused, last_refused + 1);
}

}  // namespace

Share share_of(long count, long of)
{
    if (of <= 0) return {};
    const auto n = static_cast<double>(of);
    const double p = static_cast<double>(count) / n;
    const double z = kNormal * kNormal / n;
    const double middle = (p + z / 2) / (1 + z);
    const double half = kNormal / (1 + z) * std::sqrt(p * (1 - p) / n + z / (4 * n));
    return {p, std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

Accuracy accuracy_of(const std::vector<ScoredPair>& pairs)
{
    const auto scores = sorted(pairs);
    Accuracy accuracy;
    accuracy.genuine = static_cast<long>(scores.genuine.size());
    accuracy.impostor = static_cast<long>(scores.impostor.size());
    if (scores.genuine.empty() || scores.impostor.empty()) return accuracy;
    accuracy.equal_error = equal_error(scores);
    for (const double rate : kRates) {
        if (static_cast<double>(accuracy.impostor) * rate < 1 - 1e-9) break;
        const double threshold = threshold_for(scores.impostor, rate);
        accuracy.rows.push_back(
            {rate, threshold,
             share_of(accuracy.impostor - below(scores.impostor, threshold), accuracy.impostor),
             share_of(below(scores.genuine, threshold), accuracy.genuine)});
    }
    return accuracy;
}

std::vector<std::pair<std::string, std::vector<ScoredPair>>> by_group(
    const std::vector<ScoredPair>& pairs)
{
    std::map<std::string, std::vector<ScoredPair>> groups;
    for (const auto& pair : pairs) {
        if (!pair.group.empty()) groups[pair.group].push_back(pair);
    }
    return {groups.begin(), groups.end()};
}

std::vector<CalibrationTable> tables_of(const Accuracy& accuracy)
{
    CalibrationTable table;
    for (const auto& row : accuracy.rows) {
        const bool rises = table.points.empty() || row.threshold > table.points.back().score;
        if (rises) table.points.push_back({row.fmr, row.threshold, row.false_non_matches.value});
    }
    if (table.points.size() < 2) return {};
    return {table};
}

}  // namespace accessd::face
