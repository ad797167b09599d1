#pragma once

#include "base/result.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::face {

/// The library of ONNX Runtime, loaded while the program runs: without it everything but faces works.
/// Its C interface only grows, so what is used of it is declared in onnx_api.h.
/// Threads: safe to call concurrently. Never unloaded.
class OnnxRuntime {
public:
    /// Errors: Internal, with the reason in `detail`.
    static Result<std::shared_ptr<const OnnxRuntime>> load(const std::string& path);
    ~OnnxRuntime();
    OnnxRuntime(const OnnxRuntime&) = delete;
    OnnxRuntime& operator=(const OnnxRuntime&) = delete;

    std::string version() const;

private:
    friend class OnnxModel;
    OnnxRuntime() = default;
    const void* const* api_ = nullptr;  ///< The table of functions.
    const char* version_ = "";
    void* environment_ = nullptr;
    void* memory_ = nullptr;
};

/// One output of a model.
struct Tensor {
    std::vector<std::int64_t> shape;
    std::vector<float> values;
};

/// A model that takes one tensor of numbers and gives one or more. It runs on the caller's thread alone: work
/// is spread by running several pictures at once. Source: docs/decisions/0045-onnx-runtime-at-run-time.md.
/// Threads: run is safe to call concurrently.
class OnnxModel {
public:
    /// `file` is the content of an ONNX file. Errors: Internal.
    static Result<OnnxModel> open(std::shared_ptr<const OnnxRuntime> runtime, std::string_view file,
                                  std::string name);
    ~OnnxModel();
    OnnxModel(OnnxModel&& other) noexcept;
    OnnxModel(const OnnxModel&) = delete;

    const std::vector<std::string>& outputs() const { return outputs_; }
    /// The place of the output, by name. Errors: Internal where there is none.
    Result<std::size_t> output(std::string_view name) const;
    /// All outputs, in the order of outputs(). Errors: Internal.
    Result<std::vector<Tensor>> run(std::span<const float> input,
                                    std::span<const std::int64_t> shape) const;

private:
    OnnxModel() = default;
    Error failed(void* status) const;
    Result<void> read_names();

    std::shared_ptr<const OnnxRuntime> runtime_;
    std::string name_;
    void* session_ = nullptr;
    std::string input_;
    std::vector<std::string> outputs_;
};

}  // namespace accessd::face
