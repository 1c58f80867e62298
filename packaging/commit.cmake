# Writes FILE, a C header with OPTLAB_COMMIT: the commit that the sources are of, with a "+" behind it where tracked files
# have been changed since; "" where it is not known. Run at each build; the file is touched only when the text changes.
#
#   cmake -D SOURCE=... -D FILE=... -P packaging/commit.cmake
#
# In a checkout git tells. In an archive made by git (also the one that cpack makes) commit.txt does.
execute_process(COMMAND git describe --always --exclude=* --abbrev=10 --dirty=+ WORKING_DIRECTORY ${SOURCE}
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE status)
if(NOT status EQUAL 0 OR NOT EXISTS ${SOURCE}/.git) # git may have found a repository around an unpacked archive
  file(STRINGS ${SOURCE}/packaging/commit.txt commit)
  if(NOT commit MATCHES "^[0-9a-f]+$")
    set(commit "")
  endif()
endif()
file(CONFIGURE OUTPUT ${FILE} CONTENT "#define OPTLAB_COMMIT \"${commit}\"\n")
