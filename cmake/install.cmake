# `cmake --install`: libraries, headers, and what find_package and pkg-config read.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS keratin_base ${keratin_variants} EXPORT keratinTargets)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/keratin)
install(EXPORT keratinTargets NAMESPACE keratin:: DESTINATION ${package_dir})
configure_package_config_file(cmake/keratinConfig.cmake.in ${PROJECT_BINARY_DIR}/keratinConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/keratinConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/keratinConfig.cmake
  ${PROJECT_BINARY_DIR}/keratinConfigVersion.cmake DESTINATION ${package_dir})

foreach(folder IN LISTS keratin_folders)
  if(EXISTS ${PROJECT_SOURCE_DIR}/${folder})
    install(DIRECTORY ${folder} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/keratin
      FILES_MATCHING PATTERN "*.hpp")
  endif()
endforeach()
install(FILES cmake/keratin.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/keratin)
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
if(TARGET keratin_cli)
  install(TARGETS keratin_cli)
endif()

# A pkg-config file for each element type. Libs.private has the direct dependencies only: theirs are
# shared libraries that know their own.
set(pc_private -lhwy ${libzip_LDFLAGS} ${hdf5_LDFLAGS} ${OpenBLAS_LIBRARIES} ${OpenMP_CXX_FLAGS})
list(JOIN pc_private " " pc_private)
# The prefix as seen from the file, so that the tree can be moved.
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX
  BASE_DIRECTORY ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig OUTPUT_VARIABLE pc_prefix)
cmake_path(APPEND pc_libdir "\${prefix}" ${CMAKE_INSTALL_LIBDIR})
cmake_path(APPEND pc_includedir "\${prefix}" ${CMAKE_INSTALL_INCLUDEDIR})
foreach(pc_name IN LISTS keratin_variants)
  set(pc_variant "")
  set(pc_definitions "")
  if(pc_name STREQUAL keratin_f64)
    set(pc_variant ", computing in double")
    get_target_property(definitions keratin_f64 INTERFACE_COMPILE_DEFINITIONS)
    list(TRANSFORM definitions PREPEND " -D")
    list(JOIN definitions "" pc_definitions)
  endif()
  configure_file(cmake/keratin.pc.in ${PROJECT_BINARY_DIR}/${pc_name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${pc_name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()
