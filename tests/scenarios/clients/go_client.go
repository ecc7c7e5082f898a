// A device in Go, with Go's own TLS: one attempt to connect. Options and the line it prints are those of client.cpp;
// Go's errors are words, so its code is 0 and the words stand beside it, and it reports nothing.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
)

func text(s string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(s))), s...)
}

func packet(kind byte, body []byte) []byte {
	return append([]byte{kind, byte(len(body))}, body...) // all of ours are shorter than 128 bytes
}

func connectPacket(id, user, password string) []byte {
	flags := byte(0x02)
	body := append(text("MQTT"), 4, 0, 0, 60)
	body = append(body, text(id)...)
	if user != "" {
		flags |= 0xC0
		body = append(append(body, text(user)...), text(password)...)
	}
	body[7] = flags
	return packet(0x10, body)
}

func say(connected bool, code byte, err error) {
	words := ""
	if err != nil {
		words = err.Error()
	}
	line, _ := json.Marshal(map[string]any{"connected": connected, "code": 0, "detail": code, "reported": 0, "error": words})
	fmt.Println(string(line))
	if !connected {
		os.Exit(1)
	}
}

func exchange(connection *tls.Conn, out []byte) ([]byte, error) {
	answer := make([]byte, 4) // CONNACK and PUBACK are both of this length
	if _, err := connection.Write(out); err != nil {
		return answer, err
	}
	_, err := io.ReadFull(connection, answer)
	return answer, err
}

func main() {
	host := flag.String("host", "127.0.0.1", "")
	port := flag.Int("port", 0, "")
	name := flag.String("server-name", "localhost", "")
	id := flag.String("id", "", "")
	cafile := flag.String("cafile", "", "")
	cert := flag.String("cert", "", "")
	key := flag.String("key", "", "")
	user := flag.String("user", "", "")
	password := flag.String("password", "", "")
	version := flag.String("version", "", "1.2: no more than that")
	flag.Parse()

	config := &tls.Config{ServerName: *name, RootCAs: x509.NewCertPool()}
	if pem, err := os.ReadFile(*cafile); err == nil {
		config.RootCAs.AppendCertsFromPEM(pem)
	}
	if *cert != "" {
		pair, err := tls.LoadX509KeyPair(*cert, *key)
		if err != nil {
			say(false, 0, err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	if *version == "1.2" {
		config.MaxVersion = tls.VersionTLS12
	}
	connection, err := tls.Dial("tcp", fmt.Sprintf("%s:%d", *host, *port), config)
	if err != nil {
		say(false, 0, err)
	}
	answer, err := exchange(connection, connectPacket(*id, *user, *password))
	if err != nil || answer[3] != 0 {
		say(false, answer[3], err)
	}
	_, err = exchange(connection, packet(0x32, append(append(text("greeting"), 0, 1), "hello"...)))
	say(err == nil, 0, err)
	connection.Write(packet(0xE0, nil))
	connection.Close()
}
