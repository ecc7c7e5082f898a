/// The causes of the event log in plain words: a headline each. What it means and what to do come with the answer.
const HEADLINES = {
  "server-cert-untrusted": "The device does not trust the broker's certificate",
  "server-cert-expired": "The broker's certificate has expired",
  "server-cert-not-yet-valid": "The broker's certificate is not valid yet",
  "device-clock-wrong": "The device's clock is wrong",
  "server-name-mismatch": "The broker's certificate is for another name",
  "fingerprint-mismatch": "The broker's key is not the one that the device has stored",
  "server-key-too-large": "The broker's key is too large for the device",
  "server-key-type-unsupported": "The device cannot use the broker's kind of key",
  "signature-algorithm-unsupported": "No signature algorithm that both sides know",
  "server-chain-malformed": "The broker's certificate chain is broken or incomplete",
  "no-shared-cipher": "No cipher that both sides know",
  "protocol-version-unsupported": "No TLS version that both sides know",
  "mfln-not-negotiated": "The broker did not agree to small records (MFLN)",
  "mfln-not-honoured": "The broker agreed to small records (MFLN) and sent larger ones",
  "record-too-large": "A record was larger than the device's buffer",
  "client-cert-missing": "The device showed no client certificate",
  "client-cert-untrusted": "The broker does not trust the device's certificate",
  "client-cert-expired": "The device's certificate has expired",
  "client-cert-revoked": "The device's certificate is revoked",
  "client-key-missing": "The device has no key for its certificate",
  "credentials-refused": "User name or password refused",
  "psk-identity-unknown": "The broker does not know the device's PSK identity",
  "psk-mismatch": "Device and broker have different pre-shared keys",
  "plain-mqtt-on-tls-port": "Plain MQTT on the TLS port",
  "tls-on-plain-port": "TLS on a plain MQTT port",
  "not-tls": "What came to the TLS port is not TLS",
  scanner: "A scanner, no device",
  "handshake-timeout": "The handshake took too long",
  "connection-closed-by-device": "The device closed the connection and gave no reason",
  "connection-reset": "The connection was reset",
  "network-loss": "The network loses packets",
  "dns-failure": "The device could not look up the broker's name",
  "tcp-connect-failure": "The device could not reach the broker's port",
  "device-out-of-memory": "The device ran out of memory",
  "device-no-random": "The device has no source of random numbers",
  "data-corrupted": "Data was damaged on the way",
  "keepalive-timeout": "The device fell silent",
  "session-taken-over": "Another client came with the same client id",
  unknown: "The cause is not known",
};

/// All cause ids that have a headline.
export const CAUSES = Object.keys(HEADLINES);

/// The headline of a cause; of one that this page does not know, its id.
export function headline(cause) {
  return Object.hasOwn(HEADLINES, cause) ? HEADLINES[cause] : cause;
}
