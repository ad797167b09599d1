#pragma once

#include "face_worker/worker_message.h"

#include <cstdint>

namespace accessd::test {

/// What the probe worker does beside analysing: what somebody who took a worker over would try.
enum class Probe : std::uint32_t {
    Echo = 100,
    Open,
    OpenAt,
    Socket,
    Connect,
    Execve,
    Fork,
    Ptrace,
    Kill,
    SignalServer,
    ReadOtherDescriptor,
    WriteToLog,
    ExecutableMemory,
    MapFile,
    RaiseLimit,
    IoUring,
    Crash,
    Throw,
    Hang,
    Bomb,
    Garble,
    ReplyTwice,
    SayReady,
    Descriptors,
    Environment,
};

inline face_worker::RequestKind kind(Probe probe)
{
    return static_cast<face_worker::RequestKind>(probe);
}

/// The probe reads a picture's first pixel: this red, any green, and a blue that says what to do.
inline constexpr std::uint8_t kTrapRed = 201;
inline constexpr std::uint8_t kTrapCrash = 1;
inline constexpr std::uint8_t kTrapHang = 2;
inline constexpr std::uint8_t kTrapBomb = 3;

}  // namespace accessd::test
