# cmake -DOUT=FILE -DPAGE=FOLDER -DOPENAPI=FILE -P assets.cmake: writes the C++ source with the files that tlswatchd
# serves. Bytes go in as they are; what is no part of the page (README.md, package.json) has no type here.
set(type_html "text/html; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")
set(type_svg "image/svg+xml")
set(type_png "image/png")
set(type_ico "image/x-icon")
set(type_woff2 "font/woff2")

set(bodies "")
set(rows "")
set(number 0)
function(embed file name type)
  file(READ ${file} hex HEX)
  file(SHA256 ${file} hash)
  string(SUBSTRING ${hash} 0 32 hash)
  string(REGEX REPLACE "(................................................................)" "\\1\n" hex "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  set(bodies "${bodies}constexpr unsigned char kBody${number}[] = {${bytes}0};\n" PARENT_SCOPE)
  set(rows "${rows}    {\"${name}\", \"${type}\", \"\\\"${hash}\\\"\", body(kBody${number})},\n" PARENT_SCOPE)
  math(EXPR next "${number} + 1")
  set(number ${next} PARENT_SCOPE)
endfunction()

embed(${OPENAPI} openapi.json "application/json")
file(GLOB_RECURSE files RELATIVE ${PAGE} ${PAGE}/*)
list(SORT files)
foreach(file ${files})
  string(REGEX REPLACE ".*\\." "" ending ${file})
  if(DEFINED type_${ending})
    embed(${PAGE}/${file} ${file} "${type_${ending}}")
  endif()
endforeach()

file(WRITE ${OUT}.new "#include \"daemon/http/assets.h\"

namespace tlswatch::http {
namespace {

template <std::size_t N>
std::string_view body(const unsigned char (&bytes)[N]) {
  return {reinterpret_cast<const char*>(bytes), N - 1};
}

${bodies}
const Asset kAssets[] = {
${rows}};

}  // namespace

std::span<const Asset> assets() noexcept {
  return kAssets;
}

}  // namespace tlswatch::http
")
file(COPY_FILE ${OUT}.new ${OUT} ONLY_IF_DIFFERENT)
