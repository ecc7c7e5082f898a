#include "daemon/core/event/names.h"

namespace tlswatch::event {

std::string_view how_name(How how) noexcept {
  switch (how) {
    case How::session: return "session";
    case How::client_certificate: return "client-certificate";
    case How::psk: return "psk";
    case How::broker_log: return "broker-log";
    case How::report: return "report";
    case How::inferred: return "inferred";
    case How::unknown: return "unknown";
  }
  return "unknown";
}

std::string_view proof_name(Proof proof) noexcept {
  switch (proof) {
    case Proof::certificate: return "certificate";
    case Proof::psk: return "psk";
    case Proof::password: return "password";
    case Proof::none: return "none";
  }
  return "none";
}

}  // namespace tlswatch::event
