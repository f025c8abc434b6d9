# keratin_base: what does not depend on the element type; keratin (float) and keratin_f64 (double)
# stand on it.
find_program(KERATIN_CCACHE ccache)
if(KERATIN_CCACHE AND PROJECT_IS_TOP_LEVEL)
  # With paths relative to the sources, two checkouts share what they have compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
      CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} ${KERATIN_CCACHE})
endif()

# Sources live at the top level; users include them as <keratin/layers/...>.
set(keratin_include ${PROJECT_BINARY_DIR}/include)
file(MAKE_DIRECTORY ${keratin_include}/keratin)
set(keratin_folders framework initializers layers training applications)
foreach(folder IN LISTS keratin_folders)
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${folder} ${keratin_include}/keratin/${folder} SYMBOLIC)
endforeach()
file(CREATE_LINK ${PROJECT_SOURCE_DIR}/cmake/keratin.hpp ${keratin_include}/keratin/keratin.hpp SYMBOLIC)

set(keratin_base_folders framework/base framework/io framework/kernels framework/nn)
list(TRANSFORM keratin_base_folders APPEND /*.cpp OUTPUT_VARIABLE globs)
file(GLOB_RECURSE keratin_base_sources CONFIGURE_DEPENDS ${globs})
list(TRANSFORM keratin_folders APPEND /*.cpp OUTPUT_VARIABLE globs)
file(GLOB_RECURSE keratin_sources CONFIGURE_DEPENDS ${globs})
list(REMOVE_ITEM keratin_sources ${keratin_base_sources})

# Clang counts -Wsign-conversion as part of -Wconversion, GCC does not: both shall say the same.
function(keratin_own_code target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
    -Wno-sign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
    $<$<BOOL:${KERATIN_WERROR}>:-Werror>)
  if(KERATIN_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${KERATIN_SANITIZE} -fno-omit-frame-pointer
      -fno-sanitize-recover=all)
    target_link_options(${target} PUBLIC $<BUILD_INTERFACE:-fsanitize=${KERATIN_SANITIZE}>)
  endif()
endfunction()

# Headers that most files of `target` come to include anyway. xtensor_fix.hpp stays the first of
# xtensor's. Each file still names what it uses: the sanitizer build goes without.
function(keratin_precompile target)
  target_precompile_headers(${target} PRIVATE ${ARGN})
  # Lets ccache recognise what it has compiled against an equal precompiled header.
  target_compile_options(${target} PRIVATE
    $<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>)
endfunction()

function(add_keratin_library name)
  add_library(${name} ${ARGN})
  add_library(keratin::${name} ALIAS ${name})
  keratin_own_code(${name})
  target_compile_features(${name} PUBLIC cxx_std_20)
  target_include_directories(${name} PUBLIC $<BUILD_INTERFACE:${keratin_include}>
                                            $<INSTALL_INTERFACE:include>)
  # Without a macro of its own, a shared library compiles to what a static one does.
  set_target_properties(${name} PROPERTIES DEFINE_SYMBOL "" VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
endfunction()

add_keratin_library(keratin_base ${keratin_base_sources})
target_include_directories(keratin_base PRIVATE ${PROJECT_SOURCE_DIR})  # HWY_TARGET_INCLUDE
if(KERATIN_SANITIZE)
  # Clang takes minutes for each kernel and instruction set with the checks in it.
  target_compile_definitions(keratin_base PRIVATE KERATIN_FEW_TARGETS)
endif()
target_link_libraries(keratin_base PUBLIC xtensor nlohmann_json::nlohmann_json
  PRIVATE hwy::hwy OpenMP::OpenMP_CXX keratin::openblas PkgConfig::hdf5 PkgConfig::libzip)

set(keratin_variants keratin)
if(KERATIN_BUILD_F64)
  list(APPEND keratin_variants keratin_f64)
endif()
foreach(name IN LISTS keratin_variants)
  add_keratin_library(${name} ${keratin_sources})
  target_link_libraries(${name} PUBLIC keratin_base)
  keratin_precompile(${name} ${PROJECT_SOURCE_DIR}/framework/tensor.hpp <functional> <map> <memory>
    <string> <nlohmann/json.hpp>)
endforeach()
if(KERATIN_BUILD_F64)
  target_compile_definitions(keratin_f64 PUBLIC KERATIN_REAL=double KERATIN_VARIANT=f64)
endif()
