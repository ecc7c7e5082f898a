// Stand-in: see ../README.md.
#pragma once

#include "Arduino.h"
#include "IPAddress.h"

#define WL_CONNECTED 3

class ESP8266WiFiClass {
 public:
  void begin(const char*, const char*) {}
  int status() { return WL_CONNECTED; }
  int hostByName(const char*, IPAddress&) { return standins::world().name_resolves ? 1 : 0; }
};
inline ESP8266WiFiClass WiFi;
