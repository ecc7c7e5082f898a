#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/config/error.h"

/// Reading YAML so that every mistake is found in one go and told with its place. Private to daemon/config:
/// the only folder that knows yaml-cpp, whose exceptions end here.
namespace tlswatch::config {

using Node = YAML::Node;

/// Reader collects the errors of one file.
class Reader {
 public:
  Reader(std::string file, Errors& errors) : file_(std::move(file)), errors_(errors) {}

  /// The file's document, or nothing where it cannot be read or is no YAML.
  std::optional<Node> load();

  void fail(const Node& at, std::string text);

  /// Calls the handler of each key that is there. Unknown and repeated keys, and missing ones that are
  /// required, are errors. `what` names the map: "a broker".
  struct Key {
    std::string_view name;
    bool required;
    std::function<void(const Node&)> read;
  };
  void map(const Node& node, std::string_view what, const std::vector<Key>& keys);

  /// Calls `read` for each item; one item may stand without brackets where `or_one` says so.
  void list(const Node& node, std::string_view what, const std::function<void(const Node&)>& read,
            bool or_one = false);

  std::optional<std::string> text(const Node& node, std::string_view what, std::size_t most = 4096);
  std::optional<std::int64_t> integer(const Node& node, std::string_view what, std::int64_t least,
                                      std::int64_t most);
  std::optional<double> real(const Node& node, std::string_view what, double least, double most);
  std::optional<bool> boolean(const Node& node, std::string_view what);
  /// "64MiB", "10 KiB", "1048576": bytes.
  std::optional<std::uint64_t> size(const Node& node, std::string_view what, std::uint64_t least,
                                    std::uint64_t most);
  /// "30d", "12h", "90m", "45s": seconds.
  std::optional<std::uint64_t> duration_s(const Node& node, std::string_view what, std::uint64_t least,
                                          std::uint64_t most);
  /// One of the names; the index of it.
  std::optional<std::size_t> choice(const Node& node, std::string_view what,
                                    const std::vector<std::string_view>& names);
  /// "127.0.0.1:9883", "[::1]:9883".
  std::optional<std::string> listen_address(const Node& node, std::string_view what);

  std::vector<std::string> texts(const Node& node, std::string_view what);

  const std::string& file() const noexcept { return file_; }

 private:
  std::string file_;
  Errors& errors_;
};

}  // namespace tlswatch::config
