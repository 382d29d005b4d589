// How values stand in the canonical bytes of a snapshot, for both ways: fields
// as `<length>:<bytes>,`, so that no two contents share a form.
//
// A type has one function that names its fields in their order, for a writer
// and for a reader:
//
//   template <typename Form>
//   void Fields(Form& form, Of<Form, Roster>& roster) {
//     form.Number(roster.fiscal_year);
//     form.List("leavers", roster.leavers, [&](auto& name) { form.Text(name); });
//   }
#pragma once

#include <charconv>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "services/base/time/date.h"

namespace welfare::report {

// A T that a writer reads, or a reader writes.
template <typename Form, typename T>
using Of = std::conditional_t<Form::kReads, T, const T>;

class CanonicalWriter {
 public:
  static constexpr bool kReads = false;

  void Text(std::string_view text) {
    out_ += std::to_string(text.size());
    out_ += ':';
    out_ += text;
    out_ += ',';
  }
  template <typename T>
  void Number(T number) {
    Text(std::to_string(static_cast<long long>(number)));
  }
  void Day(const base::Date& day) { Text(day.ToString()); }
  void Maybe(const std::optional<std::string>& text) {
    Number(text.has_value() ? 1 : 0);
    if (text.has_value()) Text(*text);
  }
  template <typename Enum>
  void Value(Enum value) {
    Number(static_cast<long long>(value));
  }
  // 0: nothing is stated.
  template <typename Enum>
  void Value(std::optional<Enum> value) {
    Number(value.has_value() ? static_cast<long long>(*value) : 0);
  }
  // A list of that name, and each of its elements.
  template <typename Elements, typename Each>
  void List(std::string_view name, const Elements& elements, const Each& each) {
    Text(name);
    Number(elements.size());
    for (const auto& element : elements) each(element);
  }
  // The same of pairs.
  template <typename Key, typename T, typename Less, typename Each>
  void Map(std::string_view name, const std::map<Key, T, Less>& map,
           const Each& each) {
    Text(name);
    Number(map.size());
    for (const auto& [key, value] : map) each(key, value);
  }
  // Whether there is a value; then its fields follow.
  template <typename T>
  bool Has(const std::optional<T>& value) {
    Number(value.has_value() ? 1 : 0);
    return value.has_value();
  }
  // Whether the form goes on with what it had not at first.
  bool HasMore(bool more) const { return more; }
  std::string Take() { return std::move(out_); }

 private:
  std::string out_;
};

// Fills values from what CanonicalWriter wrote. After the first fault it reads
// nothing more.
class CanonicalReader {
 public:
  static constexpr bool kReads = true;

  explicit CanonicalReader(std::string_view bytes) : rest_(bytes) {}

  void Text(std::string& text) { text = std::string(Next()); }
  // A text that has to stand here.
  void Text(std::string_view text) {
    if (Next() != text) failed_ = true;
  }
  void Text(const char* text) { Text(std::string_view(text)); }
  template <typename T>
  void Number(T& number) {
    number = static_cast<T>(NextNumber());
  }
  void Day(base::Date& day) {
    const auto read = base::Date::Parse(Next());
    if (read.ok()) {
      day = *read;
    } else {
      failed_ = true;
    }
  }
  void Maybe(std::optional<std::string>& text) {
    if (Has(text)) Text(*text);
  }
  template <typename Enum>
  void Value(Enum& value) {
    value = static_cast<Enum>(NextNumber());
  }
  template <typename Enum>
  void Value(std::optional<Enum>& value) {
    const long long number = NextNumber();
    if (number != 0) value = static_cast<Enum>(number);
  }
  template <typename T, typename Each>
  void List(std::string_view name, std::vector<T>& elements, const Each& each) {
    Text(name);
    const long long size = NextNumber();
    for (long long i = 0; i < size && !failed_; ++i) {
      each(elements.emplace_back());
    }
  }
  template <typename Key, typename T, typename Less, typename Each>
  void Map(std::string_view name, std::map<Key, T, Less>& map,
           const Each& each) {
    Text(name);
    const long long size = NextNumber();
    for (long long i = 0; i < size && !failed_; ++i) {
      Key key;
      T value;
      each(key, value);
      map.emplace_hint(map.end(), std::move(key), std::move(value));
    }
  }
  template <typename T>
  bool Has(std::optional<T>& value) {
    if (NextNumber() == 1) value.emplace();
    return value.has_value();
  }
  bool HasMore(bool /*more*/) const { return !failed_ && !rest_.empty(); }
  // Whether all was read, to the end and without a fault.
  bool Complete() const { return !failed_ && rest_.empty(); }

 private:
  std::string_view Next() {
    std::size_t size = 0;
    const auto [end, error] =
        std::from_chars(rest_.data(), rest_.data() + rest_.size(), size);
    const auto digits = static_cast<std::size_t>(end - rest_.data());
    if (failed_ || error != std::errc() || digits >= rest_.size() ||
        rest_[digits] != ':' || rest_.size() - digits - 1 <= size ||
        rest_[digits + 1 + size] != ',') {
      failed_ = true;
      return {};
    }
    const std::string_view text = rest_.substr(digits + 1, size);
    rest_.remove_prefix(digits + size + 2);
    return text;
  }
  long long NextNumber() {
    const std::string_view text = Next();
    long long number = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) {
      failed_ = true;
      return 0;
    }
    return number;
  }

  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace welfare::report
