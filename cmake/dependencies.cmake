# What Keratin stands on; README says why each is here. An installed static library finds the same
# again, in keratinConfig.cmake.in.
find_package(xtensor REQUIRED)
find_package(xtensor-blas REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(hwy REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(OpenBLAS REQUIRED)
# Debian's CMake files for libzip ask for programs that its -dev package does not bring, and its
# HDF5 answers pkg-config without compiling anything.
find_package(PkgConfig REQUIRED)
pkg_check_modules(libzip REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(hdf5 REQUIRED IMPORTED_TARGET hdf5)

# OpenBLAS names files; a target can be exported.
add_library(keratin::openblas INTERFACE IMPORTED)
target_link_libraries(keratin::openblas INTERFACE ${OpenBLAS_LIBRARIES})
target_include_directories(keratin::openblas INTERFACE ${OpenBLAS_INCLUDE_DIRS})
