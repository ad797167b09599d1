#pragma once

#include "base/result.h"
#include "face/analysis.h"
#include "face/models.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace accessd::face {

/// What is kept of an enrolled face: each picture's embedding, and their mean, which is compared with.
struct Template {
    std::string model;
    std::vector<std::vector<float>> embeddings;  ///< 1 to kTemplatePictures.
    std::vector<float> mean;                     ///< Parts of length 1, as in Embedding.
};

/// More pictures than this replace the oldest.
inline constexpr int kTemplatePictures = 5;

enum class Decision {
    Match,
    NoMatch,
    Unknown,  ///< Nothing can be said: another model's template, or a rate that the table doesn't reach.
};

/// What a comparison found. Scores are for the caller's server alone.
struct Compared {
    Decision decision = Decision::Unknown;
    double score = 0;      ///< 0 to 1; without meaning across models.
    double threshold = 0;  ///< 0 to 1: what `match_fmr` asks of a template of so many pictures.
    /// Of the score: how often two different people reach it. Not below the lowest measured.
    double false_match_rate = 1;
    double false_non_match_rate = 1;  ///< To expect at the threshold.
};

/// Compares embeddings, and knows which score stands for which rate of false matches.
/// Threads: safe to call concurrently.
class Comparison {
public:
    explicit Comparison(const Models& models);

    /// The model id of embeddings and templates that it compares.
    const std::string& model() const { return calibration_.model; }

    /// Errors: InvalidRequest without embeddings, with too many, or with those of other models.
    Result<Template> make_template(std::span<const Embedding> embeddings) const;
    /// One more picture for a template. The oldest beyond kTemplatePictures is dropped.
    /// Errors: InvalidRequest for another model's.
    Result<Template> with(const Template& known, const Embedding& added) const;

    /// `match_fmr` is 1e-2 to 1e-5. The table is that for the number of the template's pictures.
    Compared compare(const Template& known, const Embedding& probe, double match_fmr) const;
    /// Of two single pictures.
    Compared compare(const Embedding& one, const Embedding& other, double match_fmr) const;

    /// Share of the rightful who are refused at this rate; absent where the table doesn't reach it.
    std::optional<double> expected_false_non_match(double match_fmr, int pictures) const;

    /// The score on the models' own scale, for calibrating. Both have the dimension of the model.
    double raw_score(std::span<const float> one, std::span<const float> other) const;

    /// A probe as numbers whose product with a template's mean, number by number, rises and falls with
    /// raw_score(): for searches, which look at the exact score of the best alone. Empty: another dimension.
    std::vector<float> for_search(std::span<const float> probe) const;

private:
    struct Part {
        std::size_t dimension;
        float weight;
        float mean;
        float deviation;
    };
    Compared judge(double raw, int pictures, double match_fmr) const;
    const CalibrationTable& table_for(int pictures) const;
    std::vector<float> mean_of(const std::vector<std::vector<float>>& embeddings) const;
    double shown(double raw) const;

    std::vector<Part> parts_;
    std::size_t dimension_ = 0;
    Calibration calibration_;
};

}  // namespace accessd::face
