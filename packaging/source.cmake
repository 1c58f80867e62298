# Read by cpack for each package it makes: lays the commit's files where the archive of sources is made from. Unlike a copy
# of the folder they hold nothing that git does not know, and packaging/commit.txt names the commit.
if(CPACK_GENERATOR STREQUAL TGZ)
  set(stage ${CPACK_OPTLAB_BINARY}/source)
  file(REMOVE_RECURSE ${stage})
  file(MAKE_DIRECTORY ${stage})
  execute_process(COMMAND git archive HEAD COMMAND tar -x -C ${stage} WORKING_DIRECTORY ${CPACK_OPTLAB_SOURCE}
    RESULTS_VARIABLE results)
  if(NOT results STREQUAL "0;0")
    message(FATAL_ERROR "the archive of sources is made by git and tar, in a checkout")
  endif()
endif()
