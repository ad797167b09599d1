# How everything is compiled: language, warnings, hardening.

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# assert() stays in what we ship: a server that meets a broken invariant should stop, not guess.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g")
set(CMAKE_CXX_FLAGS_SANITIZE "-O1 -g1 -fno-omit-frame-pointer")

# gcc looks for memory to use again from 128 MB on, which takes it a twelfth of its time on files that are joined (unity.cmake).
# Where there is room, it doesn't. Single files don't need that much, and clang-tidy doesn't know the option.
cmake_host_system_information(RESULT memory_mib QUERY TOTAL_PHYSICAL_MEMORY)
cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)
math(EXPR memory_mib_each "${memory_mib} / ${cores}")
if(ACCESSD_UNITY AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND memory_mib_each GREATER 3000)
    add_compile_options("SHELL:--param ggc-min-heapsize=1048576")  # KiB.
endif()

# The same for every file, because the precompiled header is only read by files compiled alike.
add_compile_options(-pthread -fPIE -fstack-protector-strong)
add_link_options(-pthread -pie -Wl,-z,relro,-z,now,-z,noexecstack)

# Paths in assertions and debug information start at the checkout, not at the builder's folders.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)

# Boost 1.74 includes <coroutine> before <utility> under gcc 12, and we use no coroutines.
add_compile_definitions(BOOST_ASIO_DISABLE_CO_AWAIT)

if(ACCESSD_SANITIZE)
    add_compile_options(-fsanitize=${ACCESSD_SANITIZE} -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${ACCESSD_SANITIZE})
    if(ACCESSD_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # Asio and libstdc++ use fences, which gcc's thread sanitizer doesn't follow. It may then report
        # too much, never too little.
        add_compile_options(-Wno-tsan)
    endif()
endif()
if(ACCESSD_FUZZ)
    # Our own code tells the fuzzer which ways it took.
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-clash-protection)
endif()
add_compile_definitions(_GLIBCXX_ASSERTIONS)

# How tests are compiled: without optimisation, for they run once for each time they are compiled. What they test is the
# shipped build's.
set(test_options $<$<CONFIG:Release>:-O0 -g0 -U_FORTIFY_SOURCE>)

add_compile_options(
    -Werror -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
    -Wold-style-cast -Wcast-qual -Woverloaded-virtual -Wformat=2 -Wimplicit-fallthrough)
# Not -Wmissing-field-initializers: naming only the fields that differ is what defaults are for.
add_compile_options(-Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wlogical-op -Wduplicated-cond)
    if(ACCESSD_PCH)
        add_compile_options(-fpch-preprocess)  # Lets ccache see through the precompiled header.
    endif()
    if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
        # False with gcc 12 when std::string, std::optional and std::variant are inlined (its bugs
        # 105329, 105651, 105562), as is -Wnull-dereference, which is therefore not asked for.
        # Try them again with gcc 13.
        add_compile_options(-Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow
                            -Wno-stringop-overread -Wno-array-bounds)
    endif()
endif()

if(ACCESSD_FUZZ)
    add_compile_options(-w)  # Which warnings count, the shipped build's compiler decides.
endif()

# lld links the test programs several times faster than the default.
find_program(ACCESSD_LLD ld.lld)
if(ACCESSD_LLD)
    add_link_options(-fuse-ld=lld)
endif()
