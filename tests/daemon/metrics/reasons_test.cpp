// Why a handshake failed, as the broker's TLS library saw it: NGINX's classes and ours. Numbers are OpenSSL's
// own.
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <set>

#include "daemon/metrics/labels.h"

namespace tlswatch::metrics {
namespace {

using diagnose::ClosedBy;
using diagnose::FirstBytes;

struct ReasonCase {
  const char* name;
  std::string_view reason;
  int openssl = 0;  ///< SSL_R_*; 0: none
  std::uint32_t verify = 0;
  int alert = -1;  ///< that the client sent
  ClosedBy closed_by = ClosedBy::unknown;
  FirstBytes first_bytes = FirstBytes::none;
};

const ReasonCase kCases[] = {
    {.name = "client_without_a_certificate",
     .reason = "verify_no_cert",
     .openssl = SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE},
    {.name = "client_certificate_expired",
     .reason = "verify_expired_cert",
     .openssl = SSL_R_CERTIFICATE_VERIFY_FAILED,
     .verify = X509_V_ERR_CERT_HAS_EXPIRED},
    {.name = "client_certificate_revoked",
     .reason = "verify_revoked_cert",
     .openssl = SSL_R_CERTIFICATE_VERIFY_FAILED,
     .verify = X509_V_ERR_CERT_REVOKED},
    {.name = "client_certificate_of_another_host",
     .reason = "verify_hostname_mismatch",
     .verify = X509_V_ERR_HOSTNAME_MISMATCH},
    {.name = "client_certificate_of_an_unknown_ca",
     .reason = "verify_other",
     .openssl = SSL_R_CERTIFICATE_VERIFY_FAILED,
     .verify = X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY},
    {.name = "client_says_unknown_ca",
     .reason = "peer_rejected_cert",
     .openssl = SSL_R_TLSV1_ALERT_UNKNOWN_CA,
     .alert = SSL_AD_UNKNOWN_CA},
    {.name = "client_says_bad_certificate",
     .reason = "peer_rejected_cert",
     .openssl = SSL_R_SSLV3_ALERT_BAD_CERTIFICATE,
     .alert = SSL_AD_BAD_CERTIFICATE},
    {.name = "client_says_certificate_expired",
     .reason = "peer_rejected_cert",
     .alert = SSL_AD_CERTIFICATE_EXPIRED},
    {.name = "client_is_too_old", .reason = "no_common_protocol", .openssl = SSL_R_UNSUPPORTED_PROTOCOL},
    {.name = "client_says_protocol_version",
     .reason = "no_common_protocol",
     .alert = SSL_AD_PROTOCOL_VERSION},
    {.name = "no_shared_cipher", .reason = "no_common_cipher", .openssl = SSL_R_NO_SHARED_CIPHER},
    {.name = "no_shared_group", .reason = "no_common_group", .openssl = SSL_R_NO_SUITABLE_KEY_SHARE},
    {.name = "no_shared_signature",
     .reason = "no_common_signature",
     .openssl = SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM},
    {.name = "psk_not_known", .reason = "psk_refused", .openssl = SSL_R_PSK_IDENTITY_NOT_FOUND},
    {.name = "psk_wrong_key_on_tls_1_3", .reason = "psk_refused", .openssl = SSL_R_BINDER_DOES_NOT_VERIFY},
    {.name = "plain_mqtt",
     .reason = "not_tls",
     .openssl = SSL_R_WRONG_VERSION_NUMBER,
     .first_bytes = FirstBytes::mqtt},
    {.name = "http", .reason = "not_tls", .openssl = SSL_R_HTTP_REQUEST},
    {.name = "client_says_something_else", .reason = "peer_alert", .alert = SSL_AD_INTERNAL_ERROR},
    {.name = "client_says_goodbye_and_closes",
     .reason = "peer_closed",
     .alert = SSL_AD_CLOSE_NOTIFY,
     .closed_by = ClosedBy::client},
    {.name = "client_closes_silently",
     .reason = "peer_closed",
     .openssl = SSL_R_UNEXPECTED_EOF_WHILE_READING,
     .closed_by = ClosedBy::client},
    {.name = "reset", .reason = "peer_reset", .closed_by = ClosedBy::reset},
    {.name = "broker_lost_patience", .reason = "handshake_timeout", .closed_by = ClosedBy::broker},
    {.name = "broker_closes_for_a_bad_message",
     .reason = "other",
     .openssl = SSL_R_LENGTH_MISMATCH,
     .closed_by = ClosedBy::broker},
    {.name = "nothing_is_known", .reason = "other"},
};

event::TlsHandshake handshake(const ReasonCase& c) {
  event::TlsHandshake out;
  if (c.openssl != 0) out.openssl = {static_cast<std::uint64_t>(ERR_PACK(ERR_LIB_SSL, 0, c.openssl)), ""};
  if (c.verify != 0) out.verify = {c.verify, 0, ""};
  if (c.alert >= 0) {
    out.alerts.items[0] = {wire::Direction::received, 2, static_cast<std::uint8_t>(c.alert)};
    out.alerts.count = 1;
  }
  out.closed_by = c.closed_by;
  out.first_bytes = c.first_bytes;
  return out;
}

class FailureReason : public testing::TestWithParam<ReasonCase> {};

TEST_P(FailureReason, Is) {
  EXPECT_EQ(failure_reason(handshake(GetParam())), GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(Metrics, FailureReason, testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(FailureReasons, HaveEachACase) {
  std::set<std::string_view> tried;
  for (const ReasonCase& c : kCases) tried.insert(c.reason);
  const auto all = failure_reasons();
  EXPECT_EQ(tried, std::set<std::string_view>(all.begin(), all.end()));
}

// ngx_http_api_module, "SSL": its classes of failures, and the series of ours that count the same.
TEST(FailureReasons, AreASupersetOfNginxPlus) {
  const auto all = failure_reasons();
  for (const std::string_view nginx :
       {"no_common_protocol", "no_common_cipher", "handshake_timeout", "peer_rejected_cert", "verify_no_cert",
        "verify_expired_cert", "verify_revoked_cert", "verify_hostname_mismatch", "verify_other"})
    EXPECT_NE(std::ranges::find(all, nginx), all.end()) << nginx;
}

TEST(FailureReasons, OfAlertsThatTheBrokerSentAreNotTheClients) {
  event::TlsHandshake out;
  out.alerts.items[0] = {wire::Direction::sent, 2, SSL_AD_UNKNOWN_CA};
  out.alerts.count = 1;
  EXPECT_EQ(failure_reason(out), "other");
}

}  // namespace
}  // namespace tlswatch::metrics
