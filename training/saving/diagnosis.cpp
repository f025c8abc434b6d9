#include "diagnosis.hpp"

#include <nlohmann/json.hpp>

#include "../../framework/base/error.hpp"
#include "load_function.hpp"
#include "model_file.hpp"
#include "versions/complaints.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

constexpr int newest_minor = 15;

std::string what_is(const saving::ModelFile& file) {
  const bool is_legacy = file.hdf5 && !file.variables;
  if (file.format == "tfjs") return "a layers model of TensorFlow.js";
  if (file.format == "weights.json") return "weights in several files, with their index";
  if (!file.architecture) {
    return is_legacy ? "weights without an architecture, in the legacy .h5 format"
                     : "weights without an architecture, in the .weights.h5 format";
  }
  if (!file.has_weights()) return "an architecture without weights (JSON)";
  return file.format == "keras" ? "a whole model in the .keras format"
                                : "a whole model in the legacy .h5 format";
}

/// One verdict for each run of versions that say the same.
void add_verdicts(const saving::ModelFile& file, Diagnosis& diagnosis) {
  const bool is_legacy = file.format != "keras";
  diagnosis.verdicts.push_back(
      {"tf.keras 2.15", saving::complaint(*file.architecture, is_legacy, {2, 15, 0})});
  int first = 0;
  for (int minor = 0; minor <= newest_minor; ++minor) {
    const std::string error =
        saving::complaint(*file.architecture, is_legacy, saving::keras3(minor));
    if (minor > 0 && error == diagnosis.verdicts.back().error) {
      diagnosis.verdicts.back().keras = concat("Keras 3.", first, " to 3.", minor);
    } else {
      first = minor;
      diagnosis.verdicts.push_back({concat("Keras 3.", minor), error});
    }
  }
}

void add_remarks(const std::filesystem::path& path, const saving::ModelFile& file,
                 Diagnosis& diagnosis) {
  const bool is_named_keras = path.extension() == ".keras";
  if (is_named_keras && file.format != "keras" && !std::filesystem::is_directory(path)) {
    diagnosis.remarks.push_back(
        "The name ends in .keras, but the file is no zip archive, so Keras does not open it under "
        "this name");
  }
  if (!is_named_keras && file.format == "keras" && !std::filesystem::is_directory(path))
    diagnosis.remarks.push_back("The file is a .keras, but its name does not end so");
  const auto* settings = file.compile_config.get();
  const Json loss = settings ? settings->value("loss", Json()) : Json();
  if (file.format == "h5" && loss.is_string()) {
    diagnosis.remarks.push_back(
        concat("Keras 3 can't read the settings of compile(): Could not locate function '",
               loss.get<std::string>(), "'. It opens the file with compile=False"));
  }
}

}  // namespace

Diagnosis diagnose(const std::filesystem::path& path) {
  const saving::ModelFile file = saving::open_model_file(path);
  Diagnosis diagnosis;
  diagnosis.what = what_is(file);
  diagnosis.keras_version = file.keras_version;
  if (file.architecture) add_verdicts(file, diagnosis);
  add_remarks(path, file, diagnosis);
  if (!file.architecture || !file.has_weights()) return diagnosis;
  try {
    saving::load_function_of(file, diagnosis.report);
  } catch (const Error& error) {
    diagnosis.error = error.what();
  }
  return diagnosis;
}

}  // namespace keratin::inline KERATIN_VARIANT
