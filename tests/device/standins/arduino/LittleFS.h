// Stand-in: see ../README.md.
#pragma once

#include "Arduino.h"

class File {
 public:
  File() = default;
  explicit File(std::string* contents) : contents_(contents) {}
  explicit operator bool() const { return contents_ != nullptr; }
  std::size_t read(std::uint8_t* bytes, std::size_t n) {
    return contents_->copy(reinterpret_cast<char*>(bytes), n);
  }
  std::size_t write(const std::uint8_t* bytes, std::size_t n) {
    contents_->assign(reinterpret_cast<const char*>(bytes), n);
    return n;
  }
  void close() { contents_ = nullptr; }

 private:
  std::string* contents_ = nullptr;
};

class LittleFSClass {
 public:
  File open(const char* path, const char* mode) {
    auto& files = standins::world().files;
    if (*mode == 'r' && files.find(path) == files.end()) return File();
    return File(&files[path]);
  }
};
inline LittleFSClass LittleFS;
