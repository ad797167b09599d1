#pragma once

#include "face/models.h"

#include <string>
#include <vector>

namespace accessd::face {

/// A pair of pictures, and the score that a profile gave it.
struct ScoredPair {
    double score = 0;
    bool same = false;  ///< Of one person.
    std::string group;  ///< Of people, for figures by group; empty: none.
};

/// A share and where it may truly lie, with 95 % confidence (Wilson's interval).
struct Share {
    double value = 0;
    double low = 0;
    double high = 1;
};
Share share_of(long count, long of);

/// What a threshold does.
struct Operating {
    double fmr = 0;  ///< Asked for.
    double threshold = 0;
    Share false_matches;
    Share false_non_matches;
};

/// What labelled pairs say of a profile.
struct Accuracy {
    long genuine = 0;
    long impostor = 0;
    double equal_error = 0;
    /// At 1e-2, 1e-3, 1e-4 and 1e-5, as far as there are pairs enough: one impostor pair must be allowed to pass.
    std::vector<Operating> rows;
};
Accuracy accuracy_of(const std::vector<ScoredPair>& pairs);

/// The pairs of each group, by name.
std::vector<std::pair<std::string, std::vector<ScoredPair>>> by_group(
    const std::vector<ScoredPair>& pairs);

/// A table for templates of one picture; nothing where the pairs support fewer than two rates.
std::vector<CalibrationTable> tables_of(const Accuracy& accuracy);

}  // namespace accessd::face
