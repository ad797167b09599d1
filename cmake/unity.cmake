# accessd_unity(target): with ACCESSD_UNITY, compiles files of the target together, several at once. What most of a file's
# time goes to are headers and templates that the next file needs again: a clean build takes less than two thirds of the time.
# cmake/unity_groups.py chooses files that know nothing of each other's names, at each configuration: after an edit that uses a
# name which was another file's alone, configure again (make does). Presets without it, `debug` and `lint`, compile each file for
# itself.
option(ACCESSD_UNITY "Compile files of a target together (CMakePresets.json: on in release, asan and tsan)" OFF)
set(ACCESSD_UNITY_FILES 12 CACHE STRING "How many files are compiled together at most")

function(accessd_unity target)
    if(NOT ACCESSD_UNITY)
        return()
    endif()
    get_target_property(sources ${target} SOURCES)
    execute_process(
        COMMAND ${ACCESSD_PYTHON} ${CMAKE_SOURCE_DIR}/cmake/unity_groups.py ${ACCESSD_UNITY_FILES} ${sources}
        WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
        OUTPUT_VARIABLE lines OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    string(REPLACE ";" " " lines "${lines}")
    string(REPLACE "\n" ";" lines "${lines}")
    set(number 0)
    foreach(line IN LISTS lines)
        math(EXPR number "${number} + 1")
        string(REPLACE " " ";" files "${line}")
        set_source_files_properties(${files} PROPERTIES UNITY_GROUP ${number})
    endforeach()
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
    # gcc takes what a file of the group keeps to itself for a header's.
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endfunction()
