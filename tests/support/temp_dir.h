#pragma once

#include <filesystem>
#include <string>

namespace welfare::support {

// A private (0700) folder that is removed with everything in it. Its path is
// short enough for unix sockets.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }
  // The path of `name` inside.
  std::string File(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace welfare::support
