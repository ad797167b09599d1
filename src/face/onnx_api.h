#pragma once

#include <cstddef>
#include <cstdint>

namespace accessd::face::onnx {

// What we call of ONNX Runtime's C interface. The table of functions is append-only: a function keeps its
// place in all later releases. Source: onnxruntime_c_api.h of the project, struct OrtApi.

/// The version of the table that is asked for; releases since 1.16 have it.
inline constexpr std::uint32_t kApiVersion = 16;

struct ApiBase {
    const void* const* (*get_api)(std::uint32_t version);
    const char* (*get_version)();
};

using Status = void*;  ///< Null: it worked.

enum Slot : std::size_t {
    kGetErrorMessage = 2,
    kCreateEnv = 3,
    kCreateSessionFromArray = 8,
    kRun = 9,
    kCreateSessionOptions = 10,
    kSetSessionGraphOptimizationLevel = 23,
    kSetIntraOpNumThreads = 24,
    kSetInterOpNumThreads = 25,
    kSessionGetInputCount = 30,
    kSessionGetOutputCount = 31,
    kSessionGetInputName = 36,
    kSessionGetOutputName = 37,
    kCreateTensorWithDataAsOrtValue = 49,
    kGetTensorMutableData = 51,
    kGetDimensionsCount = 61,
    kGetDimensions = 62,
    kGetTensorShapeElementCount = 64,
    kGetTensorTypeAndShape = 65,
    kCreateCpuMemoryInfo = 69,
    kAllocatorFree = 76,
    kGetAllocatorWithDefaultOptions = 78,
    kReleaseEnv = 92,
    kReleaseStatus = 93,
    kReleaseMemoryInfo = 94,
    kReleaseSession = 95,
    kReleaseValue = 96,
    kReleaseTensorTypeAndShapeInfo = 99,
    kReleaseSessionOptions = 100,
};

inline constexpr int kLogErrors = 3;
inline constexpr int kOptimizeAll = 99;
inline constexpr int kFloat = 1;
inline constexpr int kDeviceAllocator = 0;
inline constexpr int kDefaultMemory = 0;

/// Calls the function at a place of the table.
template <class Answer, class... Arguments>
Answer call(const void* const* api, Slot slot, Arguments... arguments)
{
    using Function = Answer (*)(Arguments...);
    // The table holds functions as the addresses that they are.
    const auto function = reinterpret_cast<Function>(const_cast<void*>(api[slot]));
    return function(arguments...);
}

}  // namespace accessd::face::onnx
