#include "face/comparison.h"

#include "face/face_embedder.h"

#include <algorithm>
#include <cmath>

namespace accessd::face {
namespace {

/// The place on a line through two points of the table whose rates are taken as logarithms: between measured
/// rates, scores of impostors fall off like that.
double between(double at, double from, double to, double from_value, double to_value)
{
    return from_value + (to_value - from_value) * (at - from) / (to - from);
}

/// The score at a rate of false matches; absent where the table doesn't reach it.
std::optional<double> score_at(const CalibrationTable& table, double fmr)
{
    const auto& points = table.points;
    if (!(fmr > 0) || fmr < points.back().fmr * 0.999 || fmr > points.front().fmr * 1.001) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i + 1 < points.size(); ++i) {
        if (fmr < points[i + 1].fmr * 0.999) continue;
        return between(std::log10(fmr), std::log10(points[i].fmr), std::log10(points[i + 1].fmr),
                       points[i].score, points[i + 1].score);
    }
    return points.back().score;
}

/// The rate of false matches at a score. Beyond the table's start the first line goes on, as far as 1; beyond
/// its end nothing was measured, and its last rate stands.
double rate_at(const CalibrationTable& table, double score)
{
    const auto& points = table.points;
    if (score >= points.back().score) return points.back().fmr;
    std::size_t i = 0;
    while (i + 2 < points.size() && score > points[i + 1].score) ++i;
    const double exponent = between(score, points[i].score, points[i + 1].score,
                                    std::log10(points[i].fmr), std::log10(points[i + 1].fmr));
    return std::min(1.0, std::pow(10.0, exponent));
}

std::optional<double> missed_at(const CalibrationTable& table, double score)
{
    const auto& points = table.points;
    for (std::size_t i = 0; i + 1 < points.size(); ++i) {
        if (score > points[i + 1].score + 1e-9) continue;
        return std::clamp(between(score, points[i].score, points[i + 1].score, points[i].fnmr,
                                  points[i + 1].fnmr),
                          0.0, 1.0);
    }
    return points.back().fnmr;
}

double cosine(std::span<const float> a, std::span<const float> b)
{
    double product = 0, ours = 0, theirs = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        product += static_cast<double>(a[i]) * b[i];
        ours += static_cast<double>(a[i]) * a[i];
        theirs += static_cast<double>(b[i]) * b[i];
    }
    return product / std::max(std::sqrt(ours * theirs), 1e-12);
}

bool is_finite(std::span<const float> values)
{
    return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

}  // namespace

Comparison::Comparison(const Models& models) : calibration_(models.calibration)
{
    for (const auto& embedder : models.embedders) {
        const auto dimension = static_cast<std::size_t>(embedder.dimension);
        parts_.push_back(
            {dimension, embedder.weight, embedder.impostor_mean, embedder.impostor_deviation});
        dimension_ += dimension;
    }
}

Result<Template> Comparison::make_template(std::span<const Embedding> embeddings) const
{
    if (embeddings.empty() || embeddings.size() > kTemplatePictures) {
        return Error{ErrorCode::InvalidRequest, "a template is made of 1 to 5 pictures"};
    }
    Template made{calibration_.model, {}, {}};
    for (const auto& embedding : embeddings) {
        const bool fits = embedding.model == calibration_.model &&
                          embedding.values.size() == dimension_ && is_finite(embedding.values);
        if (!fits) return Error{ErrorCode::InvalidRequest, "an embedding of another model"};
        made.embeddings.push_back(embedding.values);
    }
    made.mean = mean_of(made.embeddings);
    return made;
}

Result<Template> Comparison::with(const Template& known, const Embedding& added) const
{
    std::vector<Embedding> all;
    for (const auto& values : known.embeddings) all.push_back({known.model, values});
    all.push_back(added);
    if (all.size() > kTemplatePictures) all.erase(all.begin());
    return make_template(all);
}

std::vector<float> Comparison::mean_of(const std::vector<std::vector<float>>& embeddings) const
{
    std::vector<float> mean(dimension_, 0.0F);
    for (const auto& values : embeddings) {
        for (std::size_t i = 0; i < dimension_; ++i) mean[i] += values[i];
    }
    std::size_t from = 0;
    for (const auto& part : parts_) {
        normalise(std::span{mean}.subspan(from, part.dimension));
        from += part.dimension;
    }
    return mean;
}

double Comparison::raw_score(std::span<const float> one, std::span<const float> other) const
{
    if (parts_.size() == 1) return cosine(one, other);
    double score = 0;
    std::size_t from = 0;
    for (const auto& part : parts_) {
        const double alike =
            cosine(one.subspan(from, part.dimension), other.subspan(from, part.dimension));
        score += part.weight * (alike - part.mean) / part.deviation;
        from += part.dimension;
    }
    return score;
}

std::vector<float> Comparison::for_search(std::span<const float> probe) const
{
    if (probe.size() != dimension_) return {};
    std::vector<float> weighed{probe.begin(), probe.end()};
    std::size_t from = 0;
    for (const auto& part : parts_) {
        const auto own = std::span{weighed}.subspan(from, part.dimension);
        normalise(own);
        // With several parts a score is their sum, each by its weight.
        const float weight = parts_.size() == 1 ? 1 : part.weight / part.deviation;
        for (auto& number : own) number *= weight;
        from += part.dimension;
    }
    return weighed;
}

Compared Comparison::compare(const Template& known, const Embedding& probe, double match_fmr) const
{
    const bool fits = known.model == calibration_.model && probe.model == calibration_.model &&
                      known.mean.size() == dimension_ && probe.values.size() == dimension_ &&
                      is_finite(known.mean) && is_finite(probe.values);
    if (!fits) return {};
    return judge(raw_score(known.mean, probe.values), static_cast<int>(known.embeddings.size()),
                 match_fmr);
}

Compared Comparison::compare(const Embedding& one, const Embedding& other, double match_fmr) const
{
    return compare(Template{one.model, {one.values}, one.values}, other, match_fmr);
}

Compared Comparison::judge(double raw, int pictures, double match_fmr) const
{
    const auto& table = table_for(pictures);
    Compared compared;
    compared.score = shown(raw);
    compared.false_match_rate = rate_at(table, raw);
    const auto threshold = score_at(table, match_fmr);
    if (!threshold) return compared;
    compared.threshold = shown(*threshold);
    compared.false_non_match_rate = missed_at(table, *threshold).value_or(1);
    compared.decision = raw >= *threshold ? Decision::Match : Decision::NoMatch;
    return compared;
}

/// The table for so many pictures, or the next larger one (it asks for more), or the largest.
const CalibrationTable& Comparison::table_for(int pictures) const
{
    const auto& tables = calibration_.tables;
    const auto found = std::find_if(tables.begin(), tables.end(),
                                    [&](const auto& table) { return table.pictures >= pictures; });
    return found == tables.end() ? tables.back() : *found;
}

std::optional<double> Comparison::expected_false_non_match(double match_fmr, int pictures) const
{
    const auto& table = table_for(pictures);
    const auto threshold = score_at(table, match_fmr);
    return threshold ? missed_at(table, *threshold) : std::nullopt;
}

double Comparison::shown(double raw) const
{
    const double share =
        (raw - calibration_.score_min) / (calibration_.score_max - calibration_.score_min);
    return std::clamp(share, 0.0, 1.0);
}

}  // namespace accessd::face
