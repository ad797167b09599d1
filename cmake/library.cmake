# accessd_library(access USES base http LIBS OpenSSL::Crypto [INTERNAL lib...])
#
# The library accessd_access of the calling folder: every .cpp in it and in the named FOLDERS below.
#   USES   the folders of src/ it may include. scripts/check_includes.py reads this list.
#   LIBS   libraries of others that it uses inside.
#   SHOWS  libraries of others that its headers include.
# A folder that has only headers so far becomes an interface library.
function(accessd_library name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "USES;LIBS;SHOWS;FOLDERS")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "accessd_library(${name}): unknown arguments ${arg_UNPARSED_ARGUMENTS}")
    endif()

    set(patterns *.cpp)
    foreach(folder IN LISTS arg_FOLDERS)
        list(APPEND patterns ${folder}/*.cpp)
    endforeach()
    file(GLOB sources CONFIGURE_DEPENDS ${patterns})

    set(target accessd_${name})
    list(TRANSFORM arg_USES PREPEND accessd_)
    if(NOT sources)
        add_library(${target} INTERFACE)
        target_link_libraries(${target} INTERFACE ${arg_USES} ${arg_LIBS} ${arg_SHOWS})
        target_include_directories(${target} INTERFACE ${CMAKE_SOURCE_DIR}/src)
        return()
    endif()
    add_library(${target} STATIC ${sources})
    target_link_libraries(${target} PUBLIC ${arg_USES} ${arg_SHOWS} PRIVATE ${arg_LIBS})
    target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    accessd_precompile(${target} accessd_pch)
    accessd_unity(${target})
endfunction()

# Lets a target read a precompiled header that another one made.
function(accessd_precompile target from)
    if(ACCESSD_PCH)
        target_precompile_headers(${target} REUSE_FROM ${from})
    endif()
endfunction()
