#include "environment.h"

#include <dlfcn.h>
#include <link.h>
#include <openssl/crypto.h>
#include <openssl/opensslv.h>
#include <openssl/ssl.h>

#include <cstring>
#include <string_view>

namespace tlswatch::plugin {
namespace {

int count_libssl(dl_phdr_info* info, std::size_t, void* count) noexcept {
  const std::string_view path = info->dlpi_name == nullptr ? "" : info->dlpi_name;
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (name.starts_with("libssl.so") || name.starts_with("libssl-")) ++*static_cast<int*>(count);
  return 0;
}

}  // namespace

const char* check_environment() noexcept {
  if (std::string_view(OpenSSL_version(OPENSSL_VERSION)).substr(0, 7) != "OpenSSL") {
    return "the broker does not use OpenSSL";
  }
  if (OPENSSL_version_major() != OPENSSL_VERSION_MAJOR) {
    return "the broker uses another major version of OpenSSL than this plugin was built for";
  }
  int loaded = 0;
  dl_iterate_phdr(count_libssl, &loaded);
  if (loaded > 1) return "more than one libssl is loaded; which one the broker uses is not known";
  void* const seen_by_all = dlsym(RTLD_DEFAULT, "SSL_new");
  if (seen_by_all != reinterpret_cast<void*>(&SSL_new)) {
    return "the broker has another libssl than this plugin (linked statically?)";
  }
  return nullptr;
}

}  // namespace tlswatch::plugin
