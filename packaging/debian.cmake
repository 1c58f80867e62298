# Read by cpack when a package's files are laid out and not yet packed: gives each what Debian's policy wants of it, its
# changelog and its copyright, and packs changelogs and man pages.
if(NOT CPACK_GENERATOR STREQUAL DEB)
  return()
endif()
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
set(version ${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})
foreach(package ${CPACK_COMPONENTS_ALL})
  set(tree ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/${package}${CPACK_PACKAGING_INSTALL_PREFIX})
  set(doc ${tree}/share/doc/${package})
  file(MAKE_DIRECTORY ${doc})
  file(COPY_FILE ${CPACK_OPTLAB_SOURCE}/LICENSE ${doc}/copyright)
  file(WRITE ${doc}/changelog.Debian "optlab (${version}) unstable; urgency=medium\n\n\
  * Version ${CPACK_PACKAGE_VERSION}; CHANGELOG.md tells what is new.\n\n -- ${CPACK_PACKAGE_CONTACT}  ${date}\n")
  file(GLOB pages ${tree}/share/man/*/* ${doc}/changelog.Debian)
  execute_process(COMMAND gzip -9n ${pages} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
