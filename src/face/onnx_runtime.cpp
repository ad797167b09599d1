#include "face/onnx_runtime.h"

#include "face/onnx_api.h"

#include <algorithm>
#include <cstdlib>
#include <dlfcn.h>
#include <utility>

namespace accessd::face {
namespace {

using onnx::call;
using onnx::Slot;
using onnx::Status;

Error broken(std::string what) { return Error{ErrorCode::Internal, std::move(what)}; }

std::string message_of(const void* const* api, Status status)
{
    std::string text = call<const char*>(api, Slot::kGetErrorMessage, status);
    call<void>(api, Slot::kReleaseStatus, status);
    return text;
}

/// Releases what the library made, whichever way the function is left.
class Owned {
public:
    Owned(const void* const* api, Slot release) : api_(api), release_(release) {}
    ~Owned()
    {
        if (object) call<void>(api_, release_, object);
    }
    Owned(const Owned&) = delete;
    Owned& operator=(const Owned&) = delete;

    void* object = nullptr;

private:
    const void* const* api_;
    Slot release_;
};

}  // namespace

Result<std::shared_ptr<const OnnxRuntime>> OnnxRuntime::load(const std::string& path)
{
    // Since 1.29 it writes a device id into the home folder and reports to its makers, from a thread of its own,
    // unless this is set when it is loaded.
    ::setenv("ORT_DISABLE_TELEMETRY", "1", 1);
    void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) return broken(std::string{"ONNX Runtime can't be loaded: "} + dlerror());
    void* const entry = dlsym(library, "OrtGetApiBase");
    if (!entry) return broken(path + " is not ONNX Runtime: it has no OrtGetApiBase");

    const auto* const base = reinterpret_cast<const onnx::ApiBase* (*)()>(entry)();
    auto runtime = std::shared_ptr<OnnxRuntime>{new OnnxRuntime};
    runtime->version_ = base->get_version();
    runtime->api_ = base->get_api(onnx::kApiVersion);
    if (!runtime->api_) {
        return broken(path + " is version " + runtime->version() + "; 1.16 or later is needed");
    }
    if (const auto status = call<Status>(runtime->api_, Slot::kCreateEnv, onnx::kLogErrors,
                                         "accessd", &runtime->environment_)) {
        return broken("ONNX Runtime doesn't start: " + message_of(runtime->api_, status));
    }
    if (const auto status =
            call<Status>(runtime->api_, Slot::kCreateCpuMemoryInfo, onnx::kDeviceAllocator,
                         onnx::kDefaultMemory, &runtime->memory_)) {
        return broken("ONNX Runtime doesn't start: " + message_of(runtime->api_, status));
    }
    return std::shared_ptr<const OnnxRuntime>{std::move(runtime)};
}

OnnxRuntime::~OnnxRuntime()
{
    if (memory_) call<void>(api_, Slot::kReleaseMemoryInfo, memory_);
    if (environment_) call<void>(api_, Slot::kReleaseEnv, environment_);
}

std::string OnnxRuntime::version() const { return version_; }

Result<OnnxModel> OnnxModel::open(std::shared_ptr<const OnnxRuntime> runtime, std::string_view file,
                                  std::string name)
{
    OnnxModel model;
    model.runtime_ = std::move(runtime);
    model.name_ = std::move(name);
    const auto* const api = model.runtime_->api_;

    Owned options{api, Slot::kReleaseSessionOptions};
    if (const auto status = call<Status>(api, Slot::kCreateSessionOptions, &options.object)) {
        return model.failed(status);
    }
    for (const auto& [slot, value] :
         {std::pair{Slot::kSetIntraOpNumThreads, 1}, std::pair{Slot::kSetInterOpNumThreads, 1},
          std::pair{Slot::kSetSessionGraphOptimizationLevel, onnx::kOptimizeAll}}) {
        if (const auto status = call<Status>(api, slot, options.object, value)) {
            return model.failed(status);
        }
    }
    const void* const bytes = file.data();
    if (const auto status =
            call<Status>(api, Slot::kCreateSessionFromArray, model.runtime_->environment_, bytes,
                         file.size(), options.object, &model.session_)) {
        return model.failed(status);
    }
    ACCESSD_CHECK(model.read_names());
    return model;
}

Result<void> OnnxModel::read_names()
{
    const auto* const api = runtime_->api_;
    void* allocator = nullptr;
    if (const auto status = call<Status>(api, Slot::kGetAllocatorWithDefaultOptions, &allocator)) {
        return failed(status);
    }
    const auto name_at = [&](Slot slot, std::size_t index) -> Result<std::string> {
        char* text = nullptr;
        if (const auto status = call<Status>(api, slot, session_, index, allocator, &text)) {
            return failed(status);
        }
        std::string name = text;
        if (const auto status =
                call<Status>(api, Slot::kAllocatorFree, allocator, static_cast<void*>(text))) {
            return failed(status);
        }
        return name;
    };

    std::size_t inputs = 0;
    std::size_t outputs = 0;
    if (const auto status = call<Status>(api, Slot::kSessionGetInputCount, session_, &inputs)) {
        return failed(status);
    }
    if (const auto status = call<Status>(api, Slot::kSessionGetOutputCount, session_, &outputs)) {
        return failed(status);
    }
    if (inputs != 1 || outputs == 0) return broken(name_ + " doesn't have one input and an output");
    ACCESSD_TRY(input_, name_at(Slot::kSessionGetInputName, 0));
    for (std::size_t i = 0; i < outputs; ++i) {
        ACCESSD_TRY(auto output, name_at(Slot::kSessionGetOutputName, i));
        outputs_.push_back(std::move(output));
    }
    return {};
}

OnnxModel::~OnnxModel()
{
    if (session_) call<void>(runtime_->api_, Slot::kReleaseSession, session_);
}

OnnxModel::OnnxModel(OnnxModel&& other) noexcept
    : runtime_(std::move(other.runtime_)),
      name_(std::move(other.name_)),
      session_(std::exchange(other.session_, nullptr)),
      input_(std::move(other.input_)),
      outputs_(std::move(other.outputs_))
{
}

Error OnnxModel::failed(void* status) const
{
    return broken("model " + name_ + ": " + message_of(runtime_->api_, status));
}

Result<std::size_t> OnnxModel::output(std::string_view name) const
{
    const auto found = std::find(outputs_.begin(), outputs_.end(), name);
    if (found == outputs_.end()) {
        return broken("model " + name_ + " has no output " + std::string{name});
    }
    return static_cast<std::size_t>(found - outputs_.begin());
}

namespace {

/// Copies a value of the library. Null status: it worked.
Status read_tensor(const void* const* api, void* value, Tensor& tensor)
{
    Owned info{api, Slot::kReleaseTensorTypeAndShapeInfo};
    if (auto* status = call<Status>(api, Slot::kGetTensorTypeAndShape, value, &info.object)) {
        return status;
    }
    std::size_t dimensions = 0;
    if (auto* status = call<Status>(api, Slot::kGetDimensionsCount, info.object, &dimensions)) {
        return status;
    }
    tensor.shape.resize(dimensions);
    if (auto* status =
            call<Status>(api, Slot::kGetDimensions, info.object, tensor.shape.data(), dimensions)) {
        return status;
    }
    std::size_t count = 0;
    if (auto* status = call<Status>(api, Slot::kGetTensorShapeElementCount, info.object, &count)) {
        return status;
    }
    void* data = nullptr;
    if (auto* status = call<Status>(api, Slot::kGetTensorMutableData, value, &data)) return status;
    const auto* const numbers = static_cast<const float*>(data);
    tensor.values.assign(numbers, numbers + count);
    return nullptr;
}

}  // namespace

Result<std::vector<Tensor>> OnnxModel::run(std::span<const float> input,
                                           std::span<const std::int64_t> shape) const
{
    const auto* const api = runtime_->api_;
    Owned value{api, Slot::kReleaseValue};
    // The library doesn't write to inputs, but its interface has no way to say so.
    void* const data = const_cast<float*>(input.data());
    if (const auto status = call<Status>(api, Slot::kCreateTensorWithDataAsOrtValue,
                                         runtime_->memory_, data, input.size_bytes(), shape.data(),
                                         shape.size(), onnx::kFloat, &value.object)) {
        return failed(status);
    }

    const char* const input_name = input_.c_str();
    std::vector<const char*> names;
    for (const auto& name : outputs_) names.push_back(name.c_str());
    std::vector<void*> raw(names.size(), nullptr);
    void* const no_options = nullptr;
    const auto status =
        call<Status>(api, Slot::kRun, session_, no_options, &input_name, &value.object,
                     std::size_t{1}, names.data(), names.size(), raw.data());
    if (status) return failed(status);

    std::vector<Tensor> tensors(raw.size());
    Status first = nullptr;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (!first) first = read_tensor(api, raw[i], tensors[i]);
        call<void>(api, Slot::kReleaseValue, raw[i]);
    }
    if (first) return failed(first);
    return tensors;
}

}  // namespace accessd::face
