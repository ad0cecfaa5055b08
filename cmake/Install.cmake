# cmake --install: rooms as static libraries with their headers and a package config, the programs, experiments, documents.
#
#   find_package(mexbench REQUIRED)
#   target_link_libraries(mine PRIVATE mexbench::eval mexbench::data)
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(rooms GLOBAL PROPERTY MEXBENCH_ROOMS)
get_property(room_paths GLOBAL PROPERTY MEXBENCH_ROOM_PATHS)
list(REMOVE_DUPLICATES room_paths)

set(exported ${rooms})
foreach(dependency IN ITEMS mexbench_torch_dependency mexbench_opencv_dependency)
  if(TARGET ${dependency})
    string(REPLACE mexbench_ "" name ${dependency})
    set_target_properties(${dependency} PROPERTIES EXPORT_NAME ${name})
    list(APPEND exported ${dependency})
  endif()
endforeach()
install(TARGETS ${exported} EXPORT mexbenchTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})

foreach(path IN LISTS room_paths)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${path}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/mexbench/${path} FILES_MATCHING PATTERN "*.h")
endforeach()

foreach(program IN ITEMS mexbench mexbench-worker)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endforeach()

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/mexbench)
install(EXPORT mexbenchTargets NAMESPACE mexbench:: DESTINATION ${package_folder})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/mexbenchConfig.cmake.in ${PROJECT_BINARY_DIR}/mexbenchConfig.cmake
                              INSTALL_DESTINATION ${package_folder})
# Before 1.0 a minor version may change interfaces.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/mexbenchConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/mexbenchConfig.cmake ${PROJECT_BINARY_DIR}/mexbenchConfigVersion.cmake
              ${PROJECT_SOURCE_DIR}/cmake/FindLibsvm.cmake DESTINATION ${package_folder})

install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/CITATION.cff ${PROJECT_SOURCE_DIR}/README.md
        DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/templates DESTINATION ${CMAKE_INSTALL_DATADIR}/mexbench)
if(EXISTS ${PROJECT_SOURCE_DIR}/experiments)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/experiments DESTINATION ${CMAKE_INSTALL_DATADIR}/mexbench FILES_MATCHING PATTERN "*.yaml")
endif()
