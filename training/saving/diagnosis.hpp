#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "load_report.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// What some releases of Keras make of a file.
struct Verdict {
  /// "tf.keras 2.15", "Keras 3.0 to 3.14".
  std::string keras;
  /// What stops them, in Keras's words; empty where they open the file.
  std::string error;
};

struct Diagnosis {
  /// "a whole model in the .keras format", "weights without an architecture"...
  std::string what;
  std::string keras_version;
  std::vector<Verdict> verdicts;
  /// What is noteworthy beside: a name that does not suit the content, settings that Keras can't
  /// read.
  std::vector<std::string> remarks;
  /// What stops Keratin; empty where it reads the file.
  std::string error;
  /// What Keratin noted on reading it.
  LoadReport report;
};

/// Finds out what a file is and which Keras opens it: by what each version's classes accept, found
/// in their sources and by trying. Throws FileError for what is none of Keras's formats.
Diagnosis diagnose(const std::filesystem::path& path);

}  // namespace keratin::inline KERATIN_VARIANT
