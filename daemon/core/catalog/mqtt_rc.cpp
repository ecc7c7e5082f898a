#include "daemon/core/catalog/tables.h"
#include "device/src/tlswatch_codes.h"

namespace tlswatch::catalog {
namespace {

using enum Cause;
constexpr Stack kTasmota = Stack::tasmota;
constexpr std::string_view kPubSub = "PubSubClient.h, state(); Tasmota prints it as rc";
constexpr std::string_view kConnack = "MQTT 3.1.1, table 3.1 (CONNACK return code)";
constexpr std::int32_t kDnsFailed = -5;
constexpr std::int32_t kDisconnected = -1;
constexpr std::int32_t kConnected = 0;

constexpr Entry kEntries[] = {
    {kDnsFailed,
     kTasmota,
     "NO_TLS_ERROR, rc -5 (DNS)",
     "the broker's name could not be resolved to an address",
     {dns_failure},
     "Check the device's DNS server (IPAddress4) and the name in MqttHost.",
     "Tasmota since December 2022"},
    {device::kMqttNoConnack,
     kTasmota,
     "NO_TLS_ERROR, rc -4 (MQTT_CONNECTION_TIMEOUT)",
     "the connection stood, but no CONNACK came in time",
     {handshake_timeout, network_loss, credentials_refused},
     "See whether the broker logged this client's CONNECT: if it did, its answer was lost or late (radio, a "
     "slow "
     "authentication backend); if not, the CONNECT never arrived.",
     kPubSub},
    {device::kMqttConnectionLost,
     kTasmota,
     "NO_TLS_ERROR, rc -3 (MQTT_CONNECTION_LOST)",
     "an established session broke",
     {network_loss, keepalive_timeout, session_taken_over},
     "Look at the broker's reason for the end of that session: a reset or timeout means radio or NAT, a "
     "takeover "
     "means two devices with the same client id.",
     kPubSub},
    {device::kMqttConnectFailed,
     kTasmota,
     "NO_TLS_ERROR, rc -2 (MQTT_CONNECT_FAILED)",
     "the connection closed before MQTT could start and TLS kept no error: TCP was lost in the handshake, or "
     "the "
     "port does not speak TLS",
     {tls_on_plain_port, handshake_timeout, connection_reset, network_loss},
     "Check that the port is the broker's TLS port (8883 as a rule). If it is, the handshake was cut: slow "
     "device "
     "(older firmware allows 5 s), weak radio, or the broker closed.",
     kPubSub},
    {kDisconnected,
     kTasmota,
     "NO_TLS_ERROR, rc -1 (MQTT_DISCONNECTED)",
     "the client is not connected and has not failed either: it ended its session in order, or has not tried",
     {connection_closed_by_device},
     "Nothing to mend if the device was told to disconnect or restart.",
     kPubSub},
    {kConnected, kTasmota, "NO_TLS_ERROR, rc 0 (MQTT_CONNECTED)", "no error: TLS and MQTT are connected",
     CauseList(), "Nothing to mend.", kPubSub},
    {1,
     kTasmota,
     "NO_TLS_ERROR, rc 1 (unacceptable protocol version)",
     "the broker does not accept this MQTT version",
     {Cause::unknown},
     "Allow MQTT 3.1.1 on that listener, or change the client's protocol version.",
     kConnack},
    {2,
     kTasmota,
     "NO_TLS_ERROR, rc 2 (identifier rejected)",
     "the broker does not accept this client id",
     {credentials_refused},
     "Check the client id (Tasmota: MqttClient): not empty, unique, and allowed (clientid_prefixes, or an "
     "authentication plugin's "
     "rules).",
     kConnack},
    {3,
     kTasmota,
     "NO_TLS_ERROR, rc 3 (server unavailable)",
     "the broker is up but does not take this connection",
     {Cause::unknown},
     "See the broker's log: connection limits, start-up, or a bridge's or backend's outage.",
     kConnack},
    {4,
     kTasmota,
     "NO_TLS_ERROR, rc 4 (bad user name or password)",
     "TLS succeeded; the broker refused user name or password",
     {credentials_refused},
     "Correct the device's user and password (Tasmota: MqttUser, MqttPassword), or the broker's password "
     "file.",
     kConnack},
    {5,
     kTasmota,
     "NO_TLS_ERROR, rc 5 (not authorized)",
     "TLS succeeded; the broker refused this client: wrong password (Mosquitto answers 5 for it), or it may "
     "not "
     "connect",
     {credentials_refused},
     "Correct the device's user and password (Tasmota: MqttUser, MqttPassword); check allow_anonymous, the "
     "password file, and that the client "
     "certificate's name is what use_identity_as_username expects.",
     kConnack},
};

}  // namespace

std::span<const Entry> mqtt_rc_entries() noexcept {
  return kEntries;
}

}  // namespace tlswatch::catalog
