# What cpack makes in a build folder (scripts/package does it all):
#
#   cpack                                     Debian packages of optlab and, where MPI was found, of optlab-mpi
#   cpack --config CPackSourceConfig.cmake    the commit's sources, as optlab-VERSION.tar.gz
#
# A package holds libraries' names of the system that it was built on, so each release of Debian has its own;
# the name of the release is part of the package's version.
set(CPACK_PACKAGE_NAME optlab)
set(CPACK_PACKAGE_VENDOR optlab)
set(CPACK_PACKAGE_CONTACT "optlab's authors <optlab@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "study the optimization algorithms of deep learning")
set(CPACK_COMPONENT_OPTLAB_DESCRIPTION "study the optimization algorithms of deep learning
 A Lua 5.4 interpreter with tensors, automatic differentiation, layers,
 optimizers and learning-rate schedules, and the experiments of the chapter
 on optimization algorithms of the book Dive into Deep Learning. Figures are
 drawn by gnuplot. The module for a stock lua5.4 is part of it.")
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX ${CMAKE_INSTALL_PREFIX})
set(CPACK_THREADS 0)

# --- Debian ------------------------------------------------------------------------------------------------------------
set(CPACK_GENERATOR DEB)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL optlab)
if(TARGET optlab_mpi)
  list(APPEND CPACK_COMPONENTS_ALL optlab-mpi)
endif()
set(codename "")
if(EXISTS /etc/os-release)
  file(STRINGS /etc/os-release codename REGEX "^VERSION_CODENAME=")
  string(REGEX REPLACE "^VERSION_CODENAME=\"?([a-z]*)\"?$" "~\\1" codename "${codename}")
endif()
set(CPACK_DEBIAN_PACKAGE_RELEASE 1${codename})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS OFF)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/packaging/debian.cmake)
set(CPACK_DEBIAN_OPTLAB_PACKAGE_NAME optlab)
set(CPACK_DEBIAN_OPTLAB_PACKAGE_SECTION math)
set(CPACK_DEBIAN_OPTLAB_PACKAGE_DEPENDS "ca-certificates, gnuplot-nox | gnuplot, libcurl4, lua-argparse, lua-luv, lua-sql-sqlite3")
set(CPACK_DEBIAN_OPTLAB_PACKAGE_RECOMMENDS "lua5.4")
set(CPACK_DEBIAN_OPTLAB_PACKAGE_SUGGESTS "optlab-mpi")
set(CPACK_DEBIAN_OPTLAB-MPI_PACKAGE_NAME optlab-mpi)
set(CPACK_DEBIAN_OPTLAB-MPI_PACKAGE_SECTION math)
set(CPACK_COMPONENT_OPTLAB-MPI_DESCRIPTION "training of one model on several processes with optlab
 The module that passes messages between processes that mpirun has started.")
set(CPACK_DEBIAN_OPTLAB-MPI_PACKAGE_DEPENDS "optlab (= ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}), openmpi-bin")

# --- the sources: those of the commit, from git ------------------------------------------------------------------------
set(CPACK_SOURCE_GENERATOR TGZ)
set(CPACK_SOURCE_PACKAGE_FILE_NAME optlab-${PROJECT_VERSION})
set(CPACK_SOURCE_INSTALLED_DIRECTORIES "${PROJECT_BINARY_DIR}/source;/")
set(CPACK_PROJECT_CONFIG_FILE ${PROJECT_SOURCE_DIR}/packaging/source.cmake)
set(CPACK_OPTLAB_SOURCE ${PROJECT_SOURCE_DIR})
set(CPACK_OPTLAB_BINARY ${PROJECT_BINARY_DIR})
include(CPack)
