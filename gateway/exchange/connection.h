#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace welfare::gateway {

// What a caller's certificate says of it, verified: signed by an authority of
// ours, in its time, not revoked, and made for clients.
struct PeerCertificate {
  std::string common_name;             // empty: there is none, or more than one
  std::vector<std::string> dns_names;  // of the subject's alternative names
  std::vector<std::string> uris;       // the same
};

// A byte stream from one caller, plain or TLS. Used on its loop only; callbacks
// run on that loop, never inside the call that set them.
class Connection {
 public:
  // An empty text means that the stream has ended or broken.
  using OnRead = std::function<void(std::string_view bytes)>;
  using OnWritten = std::function<void(bool ok)>;

  virtual ~Connection() = default;

  // Reads some bytes. REQUIRES: no read is under way.
  virtual void Read(OnRead then) = 0;
  // Writes all of `bytes`. REQUIRES: no write is under way.
  virtual void Write(std::string bytes, OnWritten then) = 0;
  // Says that nothing more will be written.
  virtual void ShutdownWrite() = 0;
  // Ends both directions; reads and writes under way fail.
  virtual void Close() = 0;
  // Whether the caller has ended its half or broken off, though what it sent
  // before may not have been read yet.
  virtual bool left() const = 0;
  // "127.0.0.1:50312", for logs.
  virtual const std::string& peer() const = 0;
  // Whether nobody on the way can read it.
  virtual bool encrypted() const { return false; }
  // How many bytes the network has taken of what was written, encrypted or not.
  virtual std::uint64_t taken() const = 0;
  // Null where the caller has shown none.
  virtual const PeerCertificate* peer_certificate() const { return nullptr; }
};

}  // namespace welfare::gateway
