#include "face_worker/sandbox.h"

#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <system_error>

namespace accessd::face_worker {
namespace {

Error failed(std::string_view what, int number)
{
    return {ErrorCode::Internal, "the sandbox of face workers can't be closed: " +
                                     std::string{what} + ": " + std::strerror(number)};
}

/// The rules while they are collected; dropped unless load() is reached.
class Rules {
public:
    Rules() : rules_(seccomp_init(SCMP_ACT_KILL_PROCESS)) {}
    Rules(const Rules&) = delete;
    Rules& operator=(const Rules&) = delete;
    ~Rules()
    {
        if (rules_ != nullptr) seccomp_release(rules_);
    }

    template <class... Conditions>
    void allow(int call, Conditions... conditions)
    {
        if (rules_ == nullptr || problem_ != 0) return;
        const std::array<scmp_arg_cmp, sizeof...(conditions)> all{conditions...};
        problem_ = seccomp_rule_add_array(rules_, SCMP_ACT_ALLOW, call, all.size(), all.data());
    }

    /// For all threads. 0, or the number of an error.
    int load()
    {
        if (rules_ == nullptr) return ENOMEM;
        if (problem_ == 0) {
            problem_ = seccomp_attr_set(rules_, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
        }
        if (problem_ == 0) problem_ = seccomp_attr_set(rules_, SCMP_FLTATR_CTL_TSYNC, 1);
        if (problem_ == 0) problem_ = seccomp_load(rules_);
        return -problem_;
    }

private:
    scmp_filter_ctx rules_;
    int problem_ = 0;
};

void allow_talking(Rules& rules)
{
    const auto socket = SCMP_A0(SCMP_CMP_EQ, kWorkerSocket);
    rules.allow(SCMP_SYS(recvfrom), socket);
    rules.allow(SCMP_SYS(sendto), socket, SCMP_A4(SCMP_CMP_EQ, 0));  // To nobody but its peer.
}

void allow_memory(Rules& rules)
{
    const auto not_code = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    rules.allow(SCMP_SYS(mmap), not_code,
                SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS));
    rules.allow(SCMP_SYS(mprotect), not_code);
    for (const auto call : {SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk)}) {
        rules.allow(call);
    }
}

void allow_the_rest(Rules& rules)
{
    for (const auto call :
         {SCMP_SYS(futex), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(sched_yield),
          SCMP_SYS(sched_getaffinity), SCMP_SYS(getcpu), SCMP_SYS(getrandom), SCMP_SYS(getpid),
          SCMP_SYS(gettid), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
          SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group)}) {
        rules.allow(call);
    }
    // abort() sends a signal to its own process, and to no other.
    rules.allow(SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(getpid())));
    // What libraries say before they give up. The descriptor is closed, but the words must not look like an attack.
    for (const auto call : {SCMP_SYS(write), SCMP_SYS(writev)}) {
        rules.allow(call, SCMP_A0(SCMP_CMP_EQ, STDERR_FILENO));
    }
    if (!kIsSanitized) return;
    for (const auto call : {SCMP_SYS(sigaltstack), SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep),
                            SCMP_SYS(rt_sigaction)}) {
        rules.allow(call);
    }
}

Result<void> limit(__rlimit_resource_t resource, rlim_t value, std::string_view name)
{
    const rlimit both{value, value};
    if (setrlimit(resource, &both) == 0) return {};
    return failed(name, errno);
}

Result<void> limit_resources(std::int64_t memory_bytes)
{
    ACCESSD_CHECK(limit(RLIMIT_CORE, 0, "core dumps"));
    ACCESSD_CHECK(limit(RLIMIT_FSIZE, 0, "size of files"));
    ACCESSD_CHECK(limit(RLIMIT_NOFILE, 0, "open files"));
    if (!kIsSanitized) {
        ACCESSD_CHECK(limit(RLIMIT_AS, static_cast<rlim_t>(memory_bytes), "address space"));
    }
    return {};
}

void close_other_descriptors()
{
    if (!kIsSanitized) close_range(0, kWorkerSocket - 1, 0);
    close_range(kWorkerSocket + 1, ~0U, 0);
}

/// A thread that a library started would be closed in as well, and end everything with its first own wish.
Result<void> must_be_alone()
{
    if (kIsSanitized) return {};  // Sanitizers have one.
    std::error_code ignored;
    const std::filesystem::directory_iterator threads{"/proc/self/task", ignored};
    if (std::distance(begin(threads), end(threads)) <= 1) return {};
    return Error{ErrorCode::Internal,
                 "the sandbox of face workers can't be closed: a library has started a thread"};
}

}  // namespace

Result<void> enter_sandbox(std::int64_t memory_bytes)
{
    ACCESSD_CHECK(must_be_alone());
    // May fail where there is no /proc: the machine's own choice of whom to end is then as good.
    std::ofstream{"/proc/self/oom_score_adj"} << 1000;
    close_other_descriptors();
    if (prctl(PR_SET_DUMPABLE, 0) != 0) return failed("dumps", errno);
    ACCESSD_CHECK(limit_resources(memory_bytes));
    Rules rules;
    allow_talking(rules);
    allow_memory(rules);
    allow_the_rest(rules);
    if (const int problem = rules.load(); problem != 0) return failed("seccomp", problem);
    return {};
}

}  // namespace accessd::face_worker
