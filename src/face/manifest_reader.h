#pragma once

#include "base/result.h"
#include "face/manifest.h"
#include "face/models.h"

#include <nlohmann/json.hpp>  // heavy include: for two files that read JSON anyway

#include <array>
#include <cmath>
#include <filesystem>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What all manifests are read with: for manifest.cpp and detector_manifest.cpp alone, since it shows JSON.

namespace accessd::face {

using Json = nlohmann::json;

/// A manifest being read. Remembers the first thing that is wrong, so that reading stays in one line each.
class ManifestReader {
public:
    ManifestReader(std::string path, const Json& root) : path_(std::move(path)), root_(root) {}

    const Json& root() const { return root_; }
    std::filesystem::path folder() const { return std::filesystem::path{path_}.parent_path(); }

    const Json& member(const Json& object, const char* name, bool required = true)
    {
        static const Json none;
        if (object.is_object() && object.contains(name) && !object.at(name).is_null()) {
            return object.at(name);
        }
        if (required) complain(name, "is missing");
        return none;
    }
    std::string text(const Json& object, const char* name, std::string standard = {})
    {
        const auto& value = member(object, name, standard.empty());
        if (value.is_null()) return standard;
        if (!value.is_string()) complain(name, "must be a text");
        return value.is_string() ? value.get<std::string>() : standard;
    }
    double number(const Json& object, const char* name, std::optional<double> standard = {})
    {
        const auto& value = member(object, name, !standard);
        if (value.is_null()) return standard.value_or(0);
        if (!value.is_number()) complain(name, "must be a number");
        return value.is_number() ? value.get<double>() : 0;
    }
    /// What the engine computes with.
    float real(const Json& object, const char* name, std::optional<double> standard = {})
    {
        return to_float(number(object, name, standard), name);
    }
    int whole(const Json& object, const char* name, int min, int max)
    {
        const double value = number(object, name);
        if (value >= min && value <= max && value == std::floor(value)) {
            return static_cast<int>(value);
        }
        complain(name,
                 "must be a whole number, " + std::to_string(min) + " to " + std::to_string(max));
        return min;
    }
    bool yes_no(const Json& object, const char* name, bool standard)
    {
        const auto& value = member(object, name, false);
        if (value.is_null()) return standard;
        if (!value.is_boolean()) complain(name, "must be true or false");
        return value.is_boolean() ? value.get<bool>() : standard;
    }
    std::vector<float> numbers(const Json& list, const char* name)
    {
        std::vector<float> values;
        if (!list.is_array()) {
            complain(name, "must be a list of numbers");
            return values;
        }
        for (const auto& value : list) {
            if (!value.is_number()) complain(name, "must be a list of numbers");
            values.push_back(value.is_number() ? to_float(value.get<double>(), name) : 0);
        }
        return values;
    }
    std::array<float, 3> three(const Json& object, const char* name, std::array<float, 3> standard)
    {
        const auto& value = member(object, name, false);
        if (value.is_null()) return standard;
        if (value.is_number()) {
            const auto all = to_float(value.get<double>(), name);
            return {all, all, all};
        }
        const auto values = numbers(value, name);
        if (values.size() != 3) complain(name, "must be one number or three");
        return values.size() == 3 ? std::array{values[0], values[1], values[2]} : standard;
    }
    template <class Enum>
    Enum choice(const Json& object, const char* name,
                std::initializer_list<std::pair<std::string_view, Enum>> choices)
    {
        const auto chosen = text(object, name, std::string{choices.begin()->first});
        std::string names;
        for (const auto& [word, value] : choices) {
            if (word == chosen) return value;
            names += (names.empty() ? "" : ", ") + std::string{word};
        }
        complain(name, "must be one of " + names);
        return choices.begin()->second;
    }

    void complain(const char* name, std::string_view what)
    {
        if (problem_.empty()) problem_ = path_ + ": " + name + " " + std::string{what};
    }
    Result<void> done() const
    {
        if (!problem_.empty()) return Error{ErrorCode::Internal, problem_};
        return {};
    }

private:
    float to_float(double value, const char* name)
    {
        if (std::abs(value) <= double{std::numeric_limits<float>::max()}) {
            return static_cast<float>(value);
        }
        complain(name, "is too large a number");
        return 0;
    }

    std::string path_;
    const Json& root_;
    std::string problem_;
};

/// Errors: Internal.
Result<Json> read_manifest(const std::string& path);
ModelFile read_file(ManifestReader& reader, const Json& object);
DetectorModel read_detector(ManifestReader& reader, const Json& object);

}  // namespace accessd::face
