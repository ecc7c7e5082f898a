#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/http/message.h"
#include "daemon/store/reader.h"
#include "daemon/view/diagnosis.h"

namespace tlswatch::http {

/// Facts: what the API tells beside what the store holds; called by any thread.
struct Facts {
  std::string store;  ///< its file; empty: none is configured
  std::string version;
  std::vector<std::string> brokers;
  std::function<std::string()> metrics;  ///< the text for /metrics
  std::function<std::string()> trouble;  ///< what is wrong with the daemon; empty: nothing
  std::function<std::shared_ptr<const view::FixByCause>()> fixes;
  std::function<std::uint64_t()> now_unix_ns;
};

/// Api answers requests that the gate let through: the API, the page, /metrics, /healthz. One for each
/// thread, since each has a reader of its own.
class Api {
 public:
  /// `facts` outlives it.
  explicit Api(const Facts& facts) : facts_(facts) {}

  Response answer(const Request& request);

  /// What there is beside the page and openapi.json; one that ends in a slash takes an id.
  static std::vector<std::string_view> paths();

 private:
  using Route = Response (Api::*)(const Request&, const std::string& id);
  struct Row;
  static const Row kRows[];

  Response totals(const Request& request, const std::string& id);
  Response incidents(const Request& request, const std::string& id);
  Response incident(const Request& request, const std::string& id);
  Response devices(const Request& request, const std::string& id);
  Response device(const Request& request, const std::string& id);
  Response certificates(const Request& request, const std::string& id);
  Response compliance(const Request& request, const std::string& id);
  Response hours(const Request& request, const std::string& id);
  Response events(const Request& request, const std::string& id);
  Response metrics(const Request& request, const std::string& id);
  Response healthz(const Request& request, const std::string& id);

  /// Asks the store; a file that was put in its place is opened anew.
  template <typename Ask>
  Response from_store(Ask ask);
  std::optional<std::string> open_reader();

  const Facts& facts_;
  std::optional<store::Reader> reader_;
  std::uint64_t inode_ = 0;
};

}  // namespace tlswatch::http
