// What is in a ZIP archive.
#pragma once

#include <gtest/gtest.h>
#include <zip.h>

#include <map>
#include <string>

namespace welfare::report::testing {

// The files of an archive, by name.
inline std::map<std::string, std::string> Unzip(std::string bytes) {
  std::map<std::string, std::string> files;
  zip_error_t error;
  zip_source_t* source =
      zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  zip_t* archive = zip_open_from_source(source, ZIP_RDONLY, &error);
  EXPECT_NE(archive, nullptr);
  if (archive == nullptr) return files;
  for (zip_int64_t i = 0; i < zip_get_num_entries(archive, 0); ++i) {
    zip_stat_t stat;
    const auto at = static_cast<zip_uint64_t>(i);
    EXPECT_EQ(zip_stat_index(archive, at, 0, &stat), 0);
    zip_file_t* file = zip_fopen_index(archive, at, 0);
    std::string text(stat.size, '\0');
    EXPECT_EQ(zip_fread(file, text.data(), text.size()),
              static_cast<zip_int64_t>(text.size()));
    zip_fclose(file);
    files.emplace(stat.name, std::move(text));
  }
  zip_close(archive);
  return files;
}

}  // namespace welfare::report::testing
